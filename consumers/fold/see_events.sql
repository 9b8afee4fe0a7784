-- Put down which events these days have, but for those of {parts}, whose events were put down before.
-- Grain: an event with what it names on a day; a repeated row is harmless.
INSERT INTO event_seen (event_hash, named, day)
SELECT event_hash, named, day
FROM told_event
WHERE day IN {days:Array(Date)} AND part NOT IN {parts:Array(String)}
