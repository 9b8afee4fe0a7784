-- Which rows of `day_fold` were changed in what cannot be computed again: when they were folded?
-- Grain: one day.
SELECT DISTINCT day FROM day_fold
WHERE seal != cityHash64(day, row_kind, market, vendor, source, folded_at)
ORDER BY day
LIMIT {limit:UInt32}
