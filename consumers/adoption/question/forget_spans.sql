-- Throw away the registry as it was known for one question.
-- Grain: one question.
ALTER TABLE registry_span DROP PARTITION {ask:String}
