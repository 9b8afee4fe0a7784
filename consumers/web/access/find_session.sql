-- Whose session is this?
-- Grain: a session.
SELECT person, created_at_s, seen_at_s FROM session WHERE digest = :digest
