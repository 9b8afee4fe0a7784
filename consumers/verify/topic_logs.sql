-- Which logs has this topic had, as the sink has seen them?
-- Grain: one log, the earliest first.
SELECT topic_id, min(seen_at) AS seen_first_at
FROM topic_log
WHERE topic = {topic:String}
GROUP BY topic_id
ORDER BY seen_first_at, topic_id
