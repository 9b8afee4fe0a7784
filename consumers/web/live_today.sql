-- What was paid today so far, and to how many vendors?
-- Grain: a market; what has no owner has market ''.
SELECT market, payment_count, payment_vnd, paid_vendor_count AS vendor_count
FROM day_fold
WHERE day = {today:Date} AND row_kind = 'market'
ORDER BY market
