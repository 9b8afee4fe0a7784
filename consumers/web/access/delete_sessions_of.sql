-- Whose sessions are over?
-- Grain: a session.
DELETE FROM session WHERE person = :person
