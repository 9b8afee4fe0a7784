-- Which payments have this reference, and on which days? A reference alone reads one column of all evidence.
-- Grain: one payment, whether it has evidence or only a refund or reversal.
SELECT lower(hex(account)) AS account_token, bank_reference, minIf(day, is_evidence) AS first_day, maxIf(day, is_evidence) AS last_day
FROM (
    SELECT account, bank_reference, day, 1 AS is_evidence FROM evidence
    WHERE bank_reference = {reference:String}
        AND ({account:String} = '' OR payment_hash = cityHash64(toFixedString(unhex({account:String}), 16), {reference:String}))
    UNION ALL
    SELECT account, bank_reference, day, 0 FROM compensation
    WHERE bank_reference = {reference:String}
        AND ({account:String} = '' OR payment_hash = cityHash64(toFixedString(unhex({account:String}), 16), {reference:String})))
WHERE {account:String} = '' OR account = toFixedString(unhex({account:String}), 16)
GROUP BY account, bank_reference
ORDER BY account_token, bank_reference
LIMIT {limit:UInt32}
