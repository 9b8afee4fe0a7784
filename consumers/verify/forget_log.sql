-- Forget what was said of this log.
-- Grain: one log.
ALTER TABLE topic_log DELETE WHERE topic_id = {topic_id:String}
