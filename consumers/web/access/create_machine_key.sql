-- Which machines may ask?
-- Grain: a key. Of the secret only its digest is kept.
CREATE TABLE IF NOT EXISTS machine_key (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    secret_digest TEXT NOT NULL,
    scopes TEXT NOT NULL,
    markets TEXT NOT NULL,
    created_at_s REAL NOT NULL,
    expires_at_s REAL,
    revoked_at_s REAL
) STRICT
