-- From which facts was the registry projected? A part that was written twice must be written anew.
-- Grain: one row, or none.
SELECT fact_count, fact_hash FROM registry_span WHERE ask = '' AND shape = 'state'
