-- How often was each vendor paid in each week?
-- Grain: a vendor in a market in a week.
SELECT market, vendor, toMonday(day) AS week, sum(payment_count) AS payments
FROM (/* view mixed_vendor_day */)
WHERE vendor != ''
GROUP BY market, vendor, week
HAVING payments > 0
ORDER BY market, vendor, week
