-- How many records are rejected?
-- Grain: a shape and a reason.
SELECT shape, reason, count() AS record_count
FROM open_rejection
GROUP BY shape, reason
ORDER BY record_count DESC, shape, reason
