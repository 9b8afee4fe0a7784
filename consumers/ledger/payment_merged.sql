-- How did the evidence merge, and what is it counted as?
-- Grain: the payment, or nothing where only refunds or reversals are known.
SELECT status, measure, payment_day AS day, occurred_at, days_named, amount_vnd, amount_vnd_max, kinds, contested,
    toString(rail_class) AS rail_class, lower(hex(virtual_account)) AS virtual_account, stall_code,
    lower(hex(payer_token)) AS payer_token, recorded_first_at
FROM counted_payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16},
    known_at = '2100-01-01 00:00:00', amount_vnd_min = {amount_vnd_min:Int64})
WHERE account = toFixedString(unhex({account:String}), 16) AND bank_reference = {reference:String}
