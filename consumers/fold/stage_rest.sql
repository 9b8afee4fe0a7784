-- Carry the other days of the week over, as they are.
-- Grain: a row of day_fold.
INSERT INTO day_fold_staging
SELECT * FROM day_fold
WHERE toMonday(day) = {week:Date} AND day NOT IN {days:Array(Date)}
