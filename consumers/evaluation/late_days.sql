-- Which days may have had other figures at {known_at}, because evidence of a payment, of what was given back,
-- or of another payment of the same event came later?
-- Grain: one local day that evidence of such a payment names.
WITH late AS (
    SELECT payment_hash FROM evidence WHERE recorded_at > {known_at:DateTime64(3)}
    UNION ALL
    SELECT payment_hash FROM compensation WHERE recorded_at > {known_at:DateTime64(3)}
    UNION ALL
    SELECT payment_hash FROM event_conflict WHERE contested_at > {known_at:DateTime64(3)})
SELECT DISTINCT day
FROM (
    SELECT day FROM evidence WHERE payment_hash IN (SELECT payment_hash FROM late)
    UNION ALL
    SELECT day FROM compensation WHERE payment_hash IN (SELECT payment_hash FROM late))
ORDER BY day
