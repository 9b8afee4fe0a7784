-- Which stored counts of reports of one day differ from what evidence says now?
-- Grain: a source's reports about a market, with how often they are stored and how often they should be.
SELECT 'reports' AS row_kind, market, source, sum(side) AS difference, count() AS versions
FROM (
    SELECT market, source, report_count, duplicate_count, late_count, 1 AS side
    FROM day_fold WHERE day = {day:Date} AND row_kind = 'reports'
    UNION ALL
    SELECT market, source, report_count, duplicate_count, late_count, -1 AS side
    FROM day_reports(day = {day:Date}, known_at = '2100-01-01 00:00:00'))
GROUP BY market, source, report_count, duplicate_count, late_count
HAVING difference != 0
ORDER BY market, source
LIMIT {limit:UInt32}
