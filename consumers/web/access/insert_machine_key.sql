-- Which key is new?
-- Grain: a key.
INSERT INTO machine_key (id, label, secret_digest, scopes, markets, created_at_s, expires_at_s)
VALUES (:id, :label, :secret_digest, :scopes, :markets, :created_at_s, :expires_at_s)
