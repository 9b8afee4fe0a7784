-- What did the registry know of each market, as known at {known_at}?
-- Grain: an interval of days of a market's name or census, or the days on which a market was closed.
SELECT 'market' AS shape, market, name, 0 AS stall_count, effective_from, effective_to, [] AS days
FROM registry_market(known_at = {known_at:DateTime64(3)})
UNION ALL
SELECT 'census', market, '', stall_count, effective_from, effective_to, []
FROM registry_census(known_at = {known_at:DateTime64(3)})
UNION ALL
SELECT 'closed', market, '', 0, '1970-01-01'::Date32, '1970-01-01'::Date32, groupArray(day)
FROM registry_trading_day(known_at = {known_at:DateTime64(3)}) WHERE NOT is_open
GROUP BY market
