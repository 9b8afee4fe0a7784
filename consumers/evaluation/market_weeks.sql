-- How much was paid in each market in each week, to how many vendors?
-- Grain: a market in a week.
SELECT market, toMonday(day) AS week, sum(payment_count) AS payments, sum(payment_vnd) AS vnd,
    uniqExactIf(vendor, vendor != '' AND payment_count > 0) AS paid_vendors
FROM (/* view mixed_vendor_day */)
GROUP BY market, week
ORDER BY market, week
