-- Put down which of these events do name several payments: of those that may, one slice.
-- Grain: an event with a payment, or with what was given back of one, that it names on a day.
INSERT INTO event_conflict (
    day, payment_hash, account, bank_reference, compensation_reference, source, source_transaction_id, kind, delivery, recorded_at)
SELECT day, payment_hash, account, bank_reference, compensation_reference, source, source_transaction_id, kind, delivery, recorded_at
FROM contested_event(days = {days_named:Array(Date)})
WHERE event_hash % {slices:UInt32} = {slice:UInt32}
    AND event_hash IN (
        SELECT event_hash FROM event_seen
        WHERE event_hash IN (
            SELECT event_hash FROM told_event WHERE day IN {days:Array(Date)} AND part NOT IN {parts:Array(String)})
        GROUP BY event_hash
        HAVING min(named) != max(named))
    AND (day, payment_hash, account, bank_reference, compensation_reference, source, source_transaction_id, kind, delivery, recorded_at) NOT IN (
        SELECT day, payment_hash, account, bank_reference, compensation_reference, source, source_transaction_id, kind, delivery, recorded_at
        FROM event_conflict WHERE day IN {days_named:Array(Date)})
