-- How many records that came on the days of a range are rejected?
-- Grain: one row.
SELECT count() AS rejected_count
FROM open_rejection
WHERE toDate(recorded_at, 'Asia/Ho_Chi_Minh') BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)}
