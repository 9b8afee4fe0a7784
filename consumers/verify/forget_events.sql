-- Forget which events these days have, so that the fold puts them down again.
-- Grain: an event with what it names on a day.
ALTER TABLE event_seen DELETE WHERE day IN {days:Array(Date)}
