-- Throw away the groups of one question.
-- Grain: one question.
ALTER TABLE asked_group DROP PARTITION {ask:String}
