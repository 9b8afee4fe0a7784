-- Which session is over?
-- Grain: a session.
DELETE FROM session WHERE digest = :digest
