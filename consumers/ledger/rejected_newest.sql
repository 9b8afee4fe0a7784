-- Which records were rejected last, of those not admitted since?
-- Grain: one record of the log, with the reason of its latest row (see rejected_counts.sql).
SELECT shape, topic_id, partition, offset, any(r.recorded_at) AS recorded_at,
    argMax(r.reason, (toUInt64(splitByChar('_', r._part)[2]), r._part_offset)) AS reason,
    hex(any(substring(r.body, 1, {excerpt_bytes:UInt32}))) AS excerpt, any(length(r.body)) AS body_bytes
FROM rejected AS r
WHERE (topic_id, partition, offset) NOT IN (
    SELECT topic_id, partition, offset FROM evidence WHERE offset IN (SELECT offset FROM rejected)
    UNION ALL SELECT topic_id, partition, offset FROM compensation WHERE offset IN (SELECT offset FROM rejected)
    UNION ALL SELECT topic_id, partition, offset FROM registry_fact WHERE offset IN (SELECT offset FROM rejected))
GROUP BY shape, topic_id, partition, offset
ORDER BY recorded_at DESC, topic_id, partition, offset DESC
LIMIT {limit:UInt32}
