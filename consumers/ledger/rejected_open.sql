-- Where are records that are rejected and not admitted since?
-- Grain: a run of offsets of one partition, small enough for one insert.
SELECT shape, batch_month, topic_id, partition, min(offset) AS first, max(offset) AS last
FROM rejected
WHERE (topic_id, partition, offset) NOT IN (
    SELECT topic_id, partition, offset FROM evidence WHERE offset IN (SELECT offset FROM rejected)
    UNION ALL SELECT topic_id, partition, offset FROM compensation WHERE offset IN (SELECT offset FROM rejected)
    UNION ALL SELECT topic_id, partition, offset FROM registry_fact WHERE offset IN (SELECT offset FROM rejected))
GROUP BY shape, batch_month, topic_id, partition, intDiv(offset, {batch_records_max:UInt64})
ORDER BY shape, batch_month, topic_id, partition, first
