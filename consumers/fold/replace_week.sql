-- Show the week's new figures, all at once.
-- Grain: one week.
ALTER TABLE day_fold REPLACE PARTITION {week:Date} FROM day_fold_staging
