-- Who has signed in?
-- Grain: a session.
INSERT INTO session (digest, person, created_at_s, seen_at_s)
VALUES (:digest, :person, :now_s, :now_s)
