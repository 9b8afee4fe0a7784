-- Where are records that are rejected and not admitted since?
-- Grain: a run of offsets of one partition, small enough for one insert.
WITH
    open AS (
        SELECT shape, topic_id, partition, offset, min(r.batch_month) AS batch_month, any(length(r.body)) AS body_bytes
        FROM rejected AS r
        WHERE (topic_id, partition, offset) NOT IN (
            SELECT topic_id, partition, offset FROM evidence WHERE offset IN (SELECT offset FROM rejected)
            UNION ALL SELECT topic_id, partition, offset FROM compensation WHERE offset IN (SELECT offset FROM rejected)
            UNION ALL SELECT topic_id, partition, offset FROM registry_fact WHERE offset IN (SELECT offset FROM rejected))
        GROUP BY shape, topic_id, partition, offset),
    placed AS (
        SELECT shape, batch_month, topic_id, partition, offset,
            row_number() OVER (
                PARTITION BY shape, batch_month, topic_id, partition ORDER BY offset) AS number,
            sum(body_bytes) OVER (
                PARTITION BY shape, batch_month, topic_id, partition ORDER BY offset
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bytes_so_far
        FROM open)
SELECT shape, batch_month, topic_id, partition, min(offset) AS first, max(offset) AS last, count() AS record_count
FROM placed
GROUP BY shape, batch_month, topic_id, partition, intDiv(number - 1, {batch_records_max:UInt64}), intDiv(bytes_so_far, {batch_bytes_max:UInt64})
ORDER BY shape, batch_month, topic_id, partition, first
