-- When was this session last used?
-- Grain: a session.
UPDATE session SET seen_at_s = :now_s WHERE digest = :digest
