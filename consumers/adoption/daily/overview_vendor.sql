-- Which vendors had most payments over the last complete days?
-- Grain: a vendor in a market.
SELECT market, vendor, sum(payment_count) AS n, sum(payment_vnd) AS vnd, countIf(payment_count > 0) AS days
FROM vendor_day
WHERE day >= {first_day:Date} AND day < {today:Date} AND vendor != ''
GROUP BY market, vendor
ORDER BY n DESC, market, vendor
LIMIT {limit:UInt32}
