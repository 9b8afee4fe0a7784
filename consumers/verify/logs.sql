-- Which logs has the store records of, through which door did they come, and how far do they go?
-- Grain: one shape of one partition of one topic id.
SELECT shape, topic_id, partition, min(offset) AS first, max(offset) AS last
FROM (
    SELECT transform(table, ['registry_fact', 'delivery_fact'], ['registry', 'delivery'], 'payment') AS shape, topic_id, partition, offset
    FROM stored_record WHERE table != 'rejected'
    UNION ALL
    SELECT shape, topic_id, partition, offset FROM rejected)
GROUP BY shape, topic_id, partition
ORDER BY topic_id, partition, shape
