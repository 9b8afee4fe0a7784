-- Which logs has the store records of?
-- Grain: one partition of one topic id.
SELECT DISTINCT topic_id, partition
FROM (
    SELECT DISTINCT topic_id, partition FROM evidence
    UNION ALL
    SELECT DISTINCT topic_id, partition FROM compensation
    UNION ALL
    SELECT DISTINCT topic_id, partition FROM registry_fact
    UNION ALL
    SELECT DISTINCT topic_id, partition FROM rejected)
ORDER BY topic_id, partition
