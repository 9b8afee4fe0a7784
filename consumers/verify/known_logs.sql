-- Which logs has the sink read?
-- Grain: what one log was said to be; a repeated row says nothing more. `is_changed`: not as the sink wrote it.
SELECT topic_id, topic, shape, max(seal != cityHash64(topic_id, topic, shape, seen_at)) AS is_changed
FROM topic_log
GROUP BY topic_id, topic, shape
ORDER BY topic_id, topic, shape
