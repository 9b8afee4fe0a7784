-- Which vendors had been paid before a day?
-- Grain: a vendor in a market.
SELECT DISTINCT market, vendor FROM day_fold
WHERE row_kind = 'vendor' AND day < {first_day:Date} AND payment_count > 0 AND vendor != '' AND market IN {markets:Array(String)}
ORDER BY market, vendor
