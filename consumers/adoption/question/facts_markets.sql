-- Which markets does the registry know, as known at {known_at}?
-- Grain: one interval of days in which a market has one name, kind and area.
SELECT market, name, market_kind, area, effective_from, effective_to
FROM registry_market(known_at = {known_at:DateTime64(3)})
ORDER BY market, effective_from
