-- What does the evidence of each delivery say? Told again, a fact is the same fact: it counts once.
-- Grain: one delivery, of a slice of its events.
SELECT delivery, count() AS event_count, sum(toInt128(amount_vnd)) AS amount_vnd
FROM (
    SELECT delivery, digest, any(amount_vnd) AS amount_vnd
    FROM (
        SELECT delivery, digest, amount_vnd FROM evidence WHERE delivery != ''
        UNION ALL
        SELECT delivery, digest, amount_vnd FROM compensation WHERE delivery != '')
    WHERE ({delivery:String} = '' OR delivery = {delivery:String}) AND sipHash64(digest) % {slices:UInt32} = {slice:UInt32}
    GROUP BY delivery, digest)
GROUP BY delivery
