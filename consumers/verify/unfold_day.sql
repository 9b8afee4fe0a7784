-- Forget that this day was folded, so that the fold computes it again.
-- Grain: one day.
ALTER TABLE day_fold DELETE WHERE day = {day:Date} AND row_kind = 'state'
