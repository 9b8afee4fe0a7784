-- On which days was a vendor marked absent, as known at {known_at}?
-- Grain: a vendor in a market.
SELECT market, vendor, arraySort(groupUniqArray(day)) AS days
FROM registry_absence(known_at = {known_at:DateTime64(3)})
WHERE NOT is_present AND day BETWEEN {first_day:Date} AND {last_day:Date} AND market IN {markets:Array(String)}
GROUP BY market, vendor
ORDER BY market, vendor
