-- When did the registry last say something?
-- Grain: one row.
SELECT max(recorded_at) AS recorded_at FROM registry_fact
