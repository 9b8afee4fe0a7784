-- Put down what was reported about one day as it was known at {known_at}, for one question.
-- Grain: a source's reports about a market.
INSERT INTO known_day (ask, asked_at, day, row_kind, market, source, report_count, duplicate_count, late_count)
SELECT {ask:String}, now(), {day:Date}, 'reports', market, source, report_count, duplicate_count, late_count
FROM day_reports(day = {day:Date}, known_at = {known_at:DateTime64(3)})
