-- Up to which day are there figures?
-- Grain: one day; 1970-01-01 where there are none.
SELECT max(day) FROM day_fold WHERE row_kind = 'market' AND day <= {today:Date}
