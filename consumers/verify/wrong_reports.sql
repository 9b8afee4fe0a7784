-- Which stored counts of reports of consecutive days of one week differ from what evidence says now?
-- Grain: a source's reports about a market on a day, with how often they are stored and how often they should be.
SELECT day, 'reports' AS row_kind, market, source, sum(side) AS difference, count() AS versions
FROM (
    SELECT day, market, source, report_count, duplicate_count, late_count, 1 AS side
    FROM day_fold WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND row_kind = 'reports'
    UNION ALL
    SELECT day, market, source, report_count, duplicate_count, late_count, -1 AS side
    FROM (/* view day_reports */))
GROUP BY day, market, source, report_count, duplicate_count, late_count
HAVING difference != 0
ORDER BY day, market, source
LIMIT {limit:UInt32}
