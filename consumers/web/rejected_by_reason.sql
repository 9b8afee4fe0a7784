-- How many records are rejected, and why?
-- Grain: a shape and a reason.
SELECT shape, reason, uniqExact(topic_id, partition, offset) AS record_count
FROM rejected
GROUP BY shape, reason
ORDER BY shape, reason
