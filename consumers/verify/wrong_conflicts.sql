-- Which events name several payments, and is it not put down, or is put down what is not so?
-- Grain: an event with one payment, or one of what was given back, that it names on a day in a delivery; `event_days` where it does name
-- several.
-- Asked slice by slice, so that memory stays flat.
SELECT day, lower(hex(account)) AS account_token, bank_reference, compensation_reference,
    choso_event_id(source, source_transaction_id, kind) AS event_id,
    multiIf(min(side) = 2, 'is not put down', max(side) = 1, 'is put down, but is not so', 'is put down with another time') AS fact,
    groupUniqArrayArray(event_days) AS event_days
FROM (
    SELECT day, payment_hash, account, bank_reference, compensation_reference, source, source_transaction_id, kind, delivery,
        min(event_conflict.recorded_at) AS recorded_at, emptyArrayDate() AS event_days, 1 AS side
    FROM event_conflict
    WHERE bitShiftRight(sipHash64(source, source_transaction_id, kind), 16) % {slices:UInt32} = {slice:UInt32}
    GROUP BY day, payment_hash, account, bank_reference, compensation_reference, source, source_transaction_id, kind, delivery
    UNION ALL
    SELECT day, payment_hash, account, bank_reference, compensation_reference, source, source_transaction_id, kind, delivery,
        recorded_at, event_days, 2
    FROM contested_event(days = [])
    WHERE event_hash IN (
        SELECT event_hash
        FROM (
            SELECT event_hash, sipHash128(account, bank_reference, compensation_reference) AS named
            FROM told_event
            WHERE event_hash % {slices:UInt32} = {slice:UInt32})
        GROUP BY event_hash
        HAVING min(named) != max(named)))
GROUP BY day, payment_hash, account, bank_reference, compensation_reference, source, source_transaction_id, kind, delivery
HAVING count() != 2 OR min(recorded_at) != max(recorded_at)
ORDER BY day, account_token, bank_reference, compensation_reference, event_id
LIMIT {limit:UInt32}
