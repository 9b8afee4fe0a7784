-- Which sessions have expired?
-- Grain: a session.
DELETE FROM session WHERE created_at_s < :created_before_s OR seen_at_s < :seen_before_s
