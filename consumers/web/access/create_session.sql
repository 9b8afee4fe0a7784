-- Who is signed in?
-- Grain: a session. Of its id only its digest is kept.
CREATE TABLE IF NOT EXISTS session (
    digest TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    created_at_s REAL NOT NULL,
    seen_at_s REAL NOT NULL
) STRICT
