-- How many records are rejected and not admitted since?
-- Grain: a shape and a reason. A record that was refused twice counts under its later reason: rows of one record
-- keep the order of their insertion, by the part's first block and then by their place in the part.
SELECT shape, reason, count() AS record_count
FROM (
    SELECT shape, topic_id, partition, offset,
        argMax(r.reason, (toUInt64(splitByChar('_', r._part)[2]), r._part_offset)) AS reason
    FROM rejected AS r
    WHERE (topic_id, partition, offset) NOT IN (
        SELECT topic_id, partition, offset FROM evidence WHERE offset IN (SELECT offset FROM rejected)
        UNION ALL SELECT topic_id, partition, offset FROM compensation WHERE offset IN (SELECT offset FROM rejected)
        UNION ALL SELECT topic_id, partition, offset FROM registry_fact WHERE offset IN (SELECT offset FROM rejected))
    GROUP BY shape, topic_id, partition, offset)
GROUP BY shape, reason
ORDER BY record_count DESC, shape, reason
