-- Which days may have had other figures at {known_at}, because evidence of a payment, of what was given back,
-- or of another payment of the same event came later, or was retracted later?
-- Grain: one local day that evidence of such a payment names.
WITH
    taken_back AS (SELECT delivery FROM retraction WHERE recorded_at > {known_at:DateTime64(3)}),
    late AS (
        SELECT payment_hash FROM evidence WHERE recorded_at > {known_at:DateTime64(3)} OR delivery IN (SELECT delivery FROM taken_back)
        UNION ALL
        SELECT payment_hash FROM compensation WHERE recorded_at > {known_at:DateTime64(3)} OR delivery IN (SELECT delivery FROM taken_back)
        UNION ALL
        SELECT payment_hash FROM event_conflict
        WHERE ((account, bank_reference, compensation_reference) IN (SELECT * FROM contested_payment(known_at = {known_at:DateTime64(3)})))
            != ((account, bank_reference, compensation_reference) IN (SELECT * FROM contested_payment(known_at = '2100-01-01 00:00:00'))))
SELECT DISTINCT day
FROM (
    SELECT day FROM evidence WHERE payment_hash IN (SELECT payment_hash FROM late)
    UNION ALL
    SELECT day FROM compensation WHERE payment_hash IN (SELECT payment_hash FROM late))
ORDER BY day
