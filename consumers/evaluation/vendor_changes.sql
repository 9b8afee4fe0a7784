-- How did vendors change from the weeks before to those after, per open day of their market?
-- Grain: a market with vendors who were paid in these weeks.
WITH
    transform(market, {codes:Array(String)}, {days_before:Array(UInt32)}, 0) AS before,
    transform(market, {codes:Array(String)}, {days_after:Array(UInt32)}, 0) AS after
SELECT market, count() AS vendors, avg(change) AS mean, varSampStable(change) AS variance
FROM (
    SELECT market, vendor,
        sumIf(amount, has({weeks_after:Array(Date)}, toMonday(day))) / after
            - sumIf(amount, has({weeks_before:Array(Date)}, toMonday(day))) / before AS change
    FROM (
        SELECT day, market, vendor, toFloat64(if({metric:String} = 'vnd', payment_vnd, toInt128(payment_count))) AS amount
        FROM (/* view mixed_vendor_day */)
        WHERE vendor != '' AND has(arrayConcat({weeks_before:Array(Date)}, {weeks_after:Array(Date)}), toMonday(day)))
    GROUP BY market, vendor
    HAVING sum(amount) > 0)
GROUP BY market
ORDER BY market
