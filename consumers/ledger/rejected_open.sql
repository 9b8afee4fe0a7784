-- Where are records that are rejected?
-- Grain: a run of offsets of one partition, small enough for one insert.
WITH placed AS (
    SELECT shape, batch_month, topic_id, partition, offset,
        row_number() OVER (
            PARTITION BY shape, batch_month, topic_id, partition ORDER BY offset) AS number,
        sum(length(body)) OVER (
            PARTITION BY shape, batch_month, topic_id, partition ORDER BY offset
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS bytes_so_far
    FROM open_rejection)
SELECT shape, batch_month, topic_id, partition, min(offset) AS first, max(offset) AS last, count() AS record_count
FROM placed
GROUP BY shape, batch_month, topic_id, partition, intDiv(number - 1, {batch_records_max:UInt64}), intDiv(bytes_so_far, {batch_bytes_max:UInt64})
ORDER BY shape, batch_month, topic_id, partition, first
