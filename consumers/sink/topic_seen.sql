-- Remember that this log was read.
-- Grain: one log.
INSERT INTO topic_log (topic_id, topic, shape, seen_at)
SELECT {topic_id:String}, {topic:String}, {shape:String}, {seen_at:DateTime64(3)}
WHERE {topic_id:String} NOT IN (SELECT topic_id FROM topic_log)
