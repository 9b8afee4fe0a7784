-- Whose accounts were these on this day?
-- Grain: one way of attribution that holds on the day.
SELECT method, key, market, vendor, stall, effective_from, effective_to
FROM registry_link(known_at = '2100-01-01 00:00:00')
WHERE key IN {keys:Array(String)} AND effective_from <= {day:Date} AND effective_to > {day:Date}
