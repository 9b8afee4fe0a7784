-- What does the evidence of each delivery say? Told again, a fact is the same fact: it counts once.
-- Grain: one delivery, of a slice of its events.
SELECT delivery, count() AS event_count, sum(toInt128(vnd)) AS event_vnd, sum(sign * toInt128(vnd)) AS change_vnd
FROM (
    SELECT delivery, digest, any(amount_vnd) AS vnd, any(sign) AS sign
    FROM (
        SELECT delivery, digest, amount_vnd, if(kind = 'failed', 0, 1) AS sign FROM evidence WHERE delivery != ''
        UNION ALL
        SELECT delivery, digest, amount_vnd, -1 FROM compensation WHERE delivery != '')
    WHERE ({delivery:String} = '' OR delivery = {delivery:String}) AND sipHash64(digest) % {slices:UInt32} = {slice:UInt32}
    GROUP BY delivery, digest)
GROUP BY delivery
