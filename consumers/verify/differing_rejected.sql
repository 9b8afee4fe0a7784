-- Which records does the store ({main}, side 1) refuse otherwise than the log and the rule (side 2) give them?
-- Of a record that was judged several times the newest reason counts; of one that was admitted later (reason '')
-- only the bytes, the time and the shape.
-- Grain: one record as one side has it, in a run of offsets that was judged anew in this database.
WITH
    admitted AS (
        SELECT offset, recorded_at, digest FROM stored_record
        WHERE table != 'rejected' AND topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}),
    kept AS (
        SELECT shape, offset, recorded_at, digest, if(is_open, reason, '') AS reason, if(is_open, r.delivery, '') AS delivery
        FROM {main:Identifier}.rejection AS r
        WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64})
SELECT shape, {topic_id:String} AS topic_id, {partition:UInt16} AS partition, offset, recorded_at, digest, reason, delivery, groupBitOr(side) AS sides
FROM (
    SELECT shape, offset, recorded_at, digest, reason, delivery, toUInt8(1) AS side FROM kept
    UNION ALL
    SELECT shape, offset, recorded_at, digest, reason, delivery, toUInt8(2) FROM rejected
    WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}
    UNION ALL
    SELECT {shape:String}, offset, recorded_at, digest, '', '', toUInt8(2) FROM admitted
    WHERE offset IN (SELECT offset FROM kept))
GROUP BY ALL
HAVING sides != 3
ORDER BY offset, sides
LIMIT {limit:UInt32}
