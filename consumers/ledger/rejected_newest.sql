-- Which records were rejected last?
-- Grain: one record of the log.
SELECT shape, topic_id, partition, offset, recorded_at, reason,
    hex(substring(body, 1, {excerpt_bytes:UInt32})) AS excerpt, length(body) AS body_bytes
FROM open_rejection
ORDER BY recorded_at DESC, topic_id, partition, offset DESC
LIMIT {limit:UInt32}
