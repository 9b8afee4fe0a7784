-- How many verdicts against a record are stored? For telling whether anything changed.
-- Grain: one row.
SELECT count() AS row_count FROM rejected
