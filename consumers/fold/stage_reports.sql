-- Count what was reported about consecutive days of one week into the staging table.
-- Grain: a source's reports about a market on a day.
INSERT INTO day_fold_staging (day, row_kind, market, source, report_count, duplicate_count, late_count, folded_at)
SELECT day, 'reports', market, source, report_count, duplicate_count, late_count, {folded_at:DateTime64(3)}
FROM (/* view day_reports, registry_link from links.sql */)
