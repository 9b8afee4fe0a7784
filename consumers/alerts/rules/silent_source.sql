-- On which days of a range did each source report, by the days that its records name?
-- Grain: a source.
SELECT source, arraySort(groupUniqArray(day)) AS days
FROM report_day
WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND report_count > 0
GROUP BY source
ORDER BY source
