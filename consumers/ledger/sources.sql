-- How many records did each source report, how many of them of no known market, and of which day is the newest?
-- Grain: a source.
SELECT source, sum(report_count), sumIf(report_count, market = ''), max(day)
FROM report_day
GROUP BY source
ORDER BY source
