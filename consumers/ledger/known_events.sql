-- Which events of this source are known on these days, and from which delivery? Only what a delivery that was not retracted
-- tells. Of an event that several tell, the first one is named. A key is sixty bits of the event's id.
-- Grain: one delivery ('' for what names none), with the keys of its events.
SELECT teller, groupArray(key) AS keys
FROM (
    SELECT reinterpretAsUInt64(reverse(unhex(concat('0', substring(hash, 1, 12), substring(hash, 14, 3))))) AS key,
        argMin(delivery, (recorded_at, offset)) AS teller
    FROM (
        SELECT DISTINCT lower(hex(SHA1(concat(unhex('5f0c9c1e7a3b5d429b6e0c4f5e2a9d11'), source, '\n', source_transaction_id, '\n', toString(kind))))) AS hash,
            delivery, recorded_at, offset
        FROM (
            SELECT source, source_transaction_id, toString(evidence.kind) AS kind, delivery, recorded_at, offset
            FROM evidence WHERE source = {source:String} AND day BETWEEN {first_day:Date} AND {last_day:Date}
            UNION ALL
            SELECT source, source_transaction_id, toString(compensation.kind), delivery, recorded_at, offset
            FROM compensation WHERE source = {source:String} AND day BETWEEN {first_day:Date} AND {last_day:Date})
        WHERE delivery NOT IN (SELECT delivery FROM delivery_fact WHERE kind = 'retracted'))
    GROUP BY key)
GROUP BY teller
