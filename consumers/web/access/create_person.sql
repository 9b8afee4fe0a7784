-- Who may sign in?
-- Grain: a person. Markets are a JSON list of codes; empty: all.
CREATE TABLE IF NOT EXISTS person (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,
    markets TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at_s REAL NOT NULL
) STRICT
