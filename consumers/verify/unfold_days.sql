-- Forget that these days were folded, so that the fold computes them again. Of a day that no evidence names, and that
-- the fold would not look at, everything goes.
-- Grain: one day.
ALTER TABLE day_fold DELETE
WHERE (row_kind = 'state' AND day IN {days:Array(Date)}) OR day IN {days_without_evidence:Array(Date)}
