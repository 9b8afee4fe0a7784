-- How often was each vendor paid in each week?
-- Grain: a vendor in a market in a week.
SELECT market, vendor, toMonday(day) AS week, sum(payment_count) AS payments
FROM mixed_vendor_day(first_day = {first_day:Date}, last_day = {last_day:Date}, asked_days = {asked_days:Array(Date)},
    ask = {ask:String}, markets = {markets:Array(String)})
WHERE vendor != ''
GROUP BY market, vendor, week
HAVING payments > 0
ORDER BY market, vendor, week
