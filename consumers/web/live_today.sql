-- What was paid today so far, and to how many vendors?
-- Grain: a market; what has no owner has market ''.
SELECT market,
    sumIf(payment_count, row_kind = 'market') AS payment_count,
    sumIf(payment_vnd, row_kind = 'market') AS payment_vnd,
    countIf(row_kind = 'vendor' AND vendor != '' AND payment_count > 0) AS vendor_count
FROM day_fold
WHERE day = {today:Date} AND row_kind IN ('vendor', 'market')
GROUP BY market
ORDER BY market
