-- How many records are rejected and not admitted since?
-- Grain: a shape and a reason.
SELECT shape, reason, uniqExact(topic_id, partition, offset) AS record_count
FROM rejected
WHERE (topic_id, partition, offset) NOT IN (
    SELECT topic_id, partition, offset FROM evidence WHERE offset IN (SELECT offset FROM rejected)
    UNION ALL SELECT topic_id, partition, offset FROM compensation WHERE offset IN (SELECT offset FROM rejected)
    UNION ALL SELECT topic_id, partition, offset FROM registry_fact WHERE offset IN (SELECT offset FROM rejected))
GROUP BY shape, reason
ORDER BY record_count DESC, shape, reason
