-- What does the registry know of each market, as projected from it?
-- Grain: an interval of days of a market's name or census, or the days on which a market was closed.
SELECT shape, market, name, stall_count, effective_from, effective_to, arrayMap(day -> toDate(day), days) AS days
FROM registry_span
WHERE ask = '' AND shape IN ('market', 'census', 'closed')
