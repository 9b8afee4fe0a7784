-- What was paid today so far, and to how many vendors?
-- Grain: a market; what has no owner has market ''.
SELECT f.market AS market,
    sumIf(f.payment_count, f.row_kind = 'market') AS payment_count,
    sumIf(f.payment_vnd, f.row_kind = 'market') AS payment_vnd,
    countIf(f.row_kind = 'vendor' AND f.vendor != '' AND f.payment_count > 0) AS vendor_count
FROM day_fold AS f
WHERE f.day = {today:Date} AND f.row_kind IN ('vendor', 'market')
GROUP BY market
ORDER BY market
