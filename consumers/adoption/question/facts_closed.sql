-- On which days was each market closed, as known at {known_at}?
-- Grain: a market that was ever closed.
SELECT market, arraySort(groupArray(day)) AS days
FROM registry_trading_day(known_at = {known_at:DateTime64(3)})
WHERE NOT is_open
GROUP BY market
ORDER BY market
