-- Which records are in no whole batch? The batch that they name says that it holds other records than are stored.
-- (What a power cut left of a batch is read again, in another batch: then it is a harmless repetition.)
-- Grain: such records of one run of {run_offsets} offsets; some of them are named.
WITH
    broken AS (
        SELECT topic_id, partition, batch_first, batch_span, batch_count, batch_month
        FROM stored_record
        GROUP BY topic_id, partition, batch_first, batch_span, batch_count, batch_month
        HAVING groupBitmap(toUInt32(offset - batch_first)) < batch_count),
    suspects AS (
        SELECT topic_id, partition, offset FROM stored_record
        WHERE (topic_id, partition, batch_first, batch_span, batch_count, batch_month) IN (SELECT * FROM broken))
SELECT topic_id, partition, 'its batch is not whole, and it is in no other' AS fact, intDiv(offset, {run_offsets:UInt64}) AS run,
    groupUniqArray({named_max:UInt32})(offset) AS offsets, uniqExact(offset) AS record_count, min(offset) AS first, max(offset) AS last
FROM (
    SELECT topic_id, partition, offset
    FROM stored_record
    WHERE (topic_id, partition, offset) IN (SELECT * FROM suspects)
    GROUP BY topic_id, partition, offset
    HAVING min((topic_id, partition, batch_first, batch_span, batch_count, batch_month) IN (SELECT * FROM broken)) = 1)
GROUP BY topic_id, partition, run
ORDER BY topic_id, partition, first
LIMIT {limit:UInt32}
