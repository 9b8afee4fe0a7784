-- How many records were refused, all in all? For telling whether anything changed.
-- Grain: one row.
SELECT count() AS record_count FROM rejected
