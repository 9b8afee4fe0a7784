-- Throw away what was put down for one question.
-- Grain: one question.
ALTER TABLE known_day DROP PARTITION {ask:String}
