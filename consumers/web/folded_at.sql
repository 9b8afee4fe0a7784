-- How old are the figures?
-- Grain: one row.
SELECT count() AS day_count, max(folded_at) AS newest_folded_at
FROM fold_state
