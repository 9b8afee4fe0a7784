-- How old are the figures?
-- Grain: one row.
SELECT count() AS day_count, min(folded_at) AS oldest_folded_at, max(folded_at) AS newest_folded_at
FROM fold_state
