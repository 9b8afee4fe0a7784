-- What evidence names each day, which of it was retracted, and which of its events name several payments? Answered from projections
-- and two small tables.
-- Grain: one local day.
SELECT day, sum(c) AS evidence_count, sum(h) AS evidence_hash, sum(cc) AS compensation_count, sum(ch) AS compensation_hash
FROM (
    SELECT day, count() AS c, sum(cityHash64(digest, offset)) AS h, toUInt64(0) AS cc, toUInt64(0) AS ch FROM evidence GROUP BY day
    UNION ALL
    SELECT day, 0, 0, count(), sum(cityHash64(digest, offset)) FROM compensation GROUP BY day
    UNION ALL
    SELECT day, 0, sum(cityHash64(delivery)), 0, 0
    FROM (SELECT delivery, day FROM evidence WHERE delivery IN (SELECT delivery FROM retraction) GROUP BY delivery, day)
    GROUP BY day
    UNION ALL
    SELECT day, 0, 0, 0, sum(cityHash64(delivery))
    FROM (SELECT delivery, day FROM compensation WHERE delivery IN (SELECT delivery FROM retraction) GROUP BY delivery, day)
    GROUP BY day
    UNION ALL
    -- of an event all days are other ones when one of its claims comes or is retracted
    SELECT arrayJoin(days) AS day, 0, sum(claims), 0, 0
    FROM (
        SELECT groupUniqArray(day) AS days,
            arraySum(groupUniqArrayIf(cityHash64(day, payment_hash, compensation_reference, source, source_transaction_id, kind, delivery),
                delivery NOT IN (SELECT delivery FROM retraction))) AS claims
        FROM event_conflict
        GROUP BY source, source_transaction_id, kind)
    GROUP BY day)
GROUP BY day
