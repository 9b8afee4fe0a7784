-- Which payments have evidence on days further apart than the fold looks?
-- Grain: one payment. Asked slice by slice of `payment_hash`, so that memory stays flat.
SELECT lower(hex(account)) AS account, bank_reference, min(day) AS first_day, max(day) AS last_day
FROM evidence
WHERE payment_hash IN (
    SELECT payment_hash FROM evidence
    WHERE payment_hash % {slices:UInt32} = {slice:UInt32} AND delivery NOT IN (SELECT delivery FROM retraction)
    GROUP BY payment_hash
    HAVING max(day) - min(day) > {window_days:UInt16})
    AND delivery NOT IN (SELECT delivery FROM retraction)
GROUP BY account, bank_reference
HAVING last_day - first_day > {window_days:UInt16}
ORDER BY account, bank_reference
LIMIT {limit:UInt32}
