-- Under which months are batches stored?
-- Grain: one month, the latest first.
SELECT DISTINCT batch_month FROM {table:Identifier} ORDER BY batch_month DESC
