-- How much was paid in each market in each week, to how many vendors?
-- Grain: a market in a week.
SELECT market, toMonday(day) AS week, sum(payment_count) AS payments, sum(payment_vnd) AS vnd,
    uniqExactIf(vendor, vendor != '' AND payment_count > 0) AS paid_vendors
FROM mixed_vendor_day(first_day = {first_day:Date}, last_day = {last_day:Date}, asked_days = {asked_days:Array(Date)},
    ask = {ask:String}, markets = {markets:Array(String)})
GROUP BY market, week
ORDER BY market, week
