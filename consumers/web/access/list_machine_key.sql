-- Which keys are there?
-- Grain: a key.
SELECT id, label, secret_digest, scopes, markets, created_at_s, expires_at_s, revoked_at_s
FROM machine_key ORDER BY label, id
