-- Forget what the intervals of the registry were made from, so that the fold makes them again.
-- Grain: the state of the intervals.
ALTER TABLE registry_span DELETE WHERE ask = '' AND shape = 'state'
