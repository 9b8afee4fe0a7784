-- Whom did teams visit in each week, as known at {known_at}?
-- Grain: a week of visits to one vendor, or to one stall where no vendor is named.
SELECT market, vendor, stall, toMonday(day) AS week, count() AS visits
FROM registry_visit(known_at = {known_at:DateTime64(3)})
WHERE market IN {markets:Array(String)} AND day <= {last_day:Date}
GROUP BY market, vendor, stall, week
ORDER BY market, vendor, stall, week
