-- Show the registry's new intervals, all at once.
-- Grain: the rows of one question.
ALTER TABLE registry_span REPLACE PARTITION {ask:String} FROM registry_span_staging
