-- What did one reporter say of whole markets, week by week, for one kind of rail, as known at {known_at}?
-- Grain: a market in a week.
SELECT market, week, payment_count, amount_vnd, source
FROM registry_total(known_at = {known_at:DateTime64(3)})
WHERE reported_by = {reported_by:String} AND rail_class = {rail_class:String}
    AND week BETWEEN {first_day:Date} AND {last_day:Date} AND market IN {markets:Array(String)}
ORDER BY market, week
