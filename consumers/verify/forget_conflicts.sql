-- Forget which events of these days name several payments, so that the fold finds them again.
-- Grain: an event with a payment, or with what was given back of one, that it names on a day.
ALTER TABLE event_conflict DELETE WHERE day IN {days:Array(Date)}
