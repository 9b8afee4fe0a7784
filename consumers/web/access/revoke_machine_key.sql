-- Which key holds no longer?
-- Grain: a key.
UPDATE machine_key SET revoked_at_s = :revoked_at_s WHERE id = :id AND revoked_at_s IS NULL
