-- Put down what was reported about consecutive days of one week as it was known at {known_at}, for one question.
-- Grain: a source's reports about a market on a day.
INSERT INTO known_day (ask, asked_at, day, row_kind, market, source, report_count, duplicate_count, late_count)
SELECT {ask:String}, now(), day, 'reports', market, source, report_count, duplicate_count, late_count
FROM (/* view day_reports */)
