-- Throw away what was projected for one question.
-- Grain: the rows of one question.
ALTER TABLE registry_span DROP PARTITION {ask:String}
