-- Throw away what an earlier projection of the registry left in the staging table.
-- Grain: the rows of one question.
ALTER TABLE registry_span_staging DROP PARTITION {ask:String}
