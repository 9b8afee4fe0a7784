-- How many of the events that were just put down may name several payments, and which days do these name?
-- Grain: one row.
SELECT count() AS event_count, groupUniqArrayArray(days) AS days_named
FROM (
    SELECT event_hash, groupUniqArray(day) AS days
    FROM event_seen
    WHERE event_hash IN (
        SELECT event_hash FROM told_event WHERE day IN {days:Array(Date)} AND part NOT IN {parts:Array(String)})
    GROUP BY event_hash
    HAVING min(named) != max(named))
SETTINGS optimize_aggregation_in_order = 1
