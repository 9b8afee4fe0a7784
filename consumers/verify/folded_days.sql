-- Which days have figures?
-- Grain: one day.
SELECT DISTINCT day FROM day_fold
