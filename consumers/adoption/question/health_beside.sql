-- What evidence do the figures of each day rest on?
-- Grain: a market on a day.
SELECT day, market, sum(report_count) AS received, sum(duplicate_count) AS duplicate, sum(late_count) AS late,
    sumIf(conflict_count, row_kind = 'vendor') AS conflict, sumIf(payment_count, row_kind = 'vendor') AS payments,
    sumIf(payment_count, row_kind = 'vendor' AND vendor != '') AS attributed
FROM (
    SELECT day, market, vendor, row_kind, report_count, duplicate_count, late_count, conflict_count, payment_count
    FROM day_fold
    WHERE {ask:String} = '' AND day BETWEEN {first_day:Date} AND {last_day:Date}
    UNION ALL
    SELECT day, market, vendor, row_kind, report_count, duplicate_count, late_count, conflict_count, payment_count
    FROM known_day
    WHERE {ask:String} != '' AND ask = {ask:String} AND day BETWEEN {first_day:Date} AND {last_day:Date})
WHERE day IN {days:Array(Date)} AND row_kind IN ('vendor', 'reports')
GROUP BY day, market
