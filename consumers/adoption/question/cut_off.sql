-- How far has evidence come, and from when is it? Answered from the projections `by_day`.
-- Grain: one local day that evidence names.
SELECT day, max(recorded_at) AS recorded_last_at
FROM (
    SELECT day, max(recorded_at) AS recorded_at FROM evidence GROUP BY day
    UNION ALL
    SELECT day, max(recorded_at) FROM compensation GROUP BY day)
GROUP BY day
