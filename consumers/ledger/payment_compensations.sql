-- What of this payment was given back?
-- Grain: one refund or reversal.
SELECT compensation_reference, if(bitAnd(kinds, 16) != 0, 'reversed', 'refunded') AS kind, compensation_day AS day, days_named,
    amount_vnd, amount_vnd_max, contested, is_conflict, measure, lower(hex(virtual_account)) AS virtual_account, stall_code
FROM payment_compensation(known_at = '2100-01-01 00:00:00')
WHERE account = toFixedString(unhex({account:String}), 16) AND bank_reference = {reference:String}
ORDER BY compensation_reference
