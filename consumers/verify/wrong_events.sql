-- Which events does evidence tell that are not put down, and which are put down that it does not tell?
-- Grain: a day and which of the two. Asked slice by slice, so that memory stays flat.
SELECT day, sides = 2 AS is_missing, count() AS event_count
FROM (
    SELECT event_hash, named, day, groupBitOr(side) AS sides
    FROM (
        SELECT event_hash, named, day, 1 AS side FROM event_seen WHERE event_hash % {slices:UInt32} = {slice:UInt32}
        UNION ALL
        SELECT event_hash, named, day, 2 FROM told_event WHERE event_hash % {slices:UInt32} = {slice:UInt32})
    GROUP BY event_hash, named, day
    HAVING sides != 3)
GROUP BY day, is_missing
ORDER BY day, is_missing
LIMIT {limit:UInt32}
