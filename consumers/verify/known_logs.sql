-- Which logs has the sink read?
-- Grain: one log.
SELECT topic_id, any(topic) AS topic, any(shape) AS shape
FROM topic_log
GROUP BY topic_id
