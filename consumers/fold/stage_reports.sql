-- Count what was reported about consecutive days of one week into the staging table.
-- Grain: a source's reports about a market on a day.
INSERT INTO day_fold_staging (day, row_kind, market, source, report_count, duplicate_count, late_count, folded_at)
SELECT day, 'reports', market, source, report_count, duplicate_count, late_count, {folded_at:DateTime64(3)}
FROM day_reports(first_day = {first_day:Date}, last_day = {last_day:Date}, known_at = '2100-01-01 00:00:00')
