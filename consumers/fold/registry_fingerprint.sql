-- Has the registry changed at all?
-- Grain: one row.
SELECT count() AS fact_count, sum(cityHash64(digest, offset)) AS fact_hash
FROM registry_fact
