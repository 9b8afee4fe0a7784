-- In which database are we?
-- Grain: one name.
SELECT currentDatabase()
