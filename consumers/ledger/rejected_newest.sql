-- Which records were rejected last, of those not admitted since?
-- Grain: one record of the log, though its row may be stored twice.
SELECT DISTINCT shape, topic_id, partition, offset, recorded_at, reason, substring(body, 1, 160) AS excerpt
FROM rejected
WHERE (topic_id, partition, offset) NOT IN (
    SELECT topic_id, partition, offset FROM evidence WHERE offset IN (SELECT offset FROM rejected)
    UNION ALL SELECT topic_id, partition, offset FROM compensation WHERE offset IN (SELECT offset FROM rejected)
    UNION ALL SELECT topic_id, partition, offset FROM registry_fact WHERE offset IN (SELECT offset FROM rejected))
ORDER BY recorded_at DESC, topic_id, partition, offset DESC
LIMIT {limit:UInt32}
