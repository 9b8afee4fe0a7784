-- How many stalls did each market have, as known at {known_at}?
-- Grain: one interval of days between two censuses of a market.
SELECT market, stall_count, effective_from, effective_to
FROM registry_census(known_at = {known_at:DateTime64(3)})
WHERE market IN {markets:Array(String)}
ORDER BY market, effective_from
