-- Throw away what an earlier attempt at this week left.
-- Grain: one week.
ALTER TABLE day_fold_staging DROP PARTITION {week:Date}
