-- What evidence names each day, and which of its events name several payments? Answered from the projections `by_day`.
-- Grain: one local day.
SELECT day, sum(c) AS evidence_count, sum(h) AS evidence_hash, sum(cc) AS compensation_count, sum(ch) AS compensation_hash
FROM (
    SELECT day, count() AS c, sum(cityHash64(digest, offset)) AS h, toUInt64(0) AS cc, toUInt64(0) AS ch FROM evidence GROUP BY day
    UNION ALL
    SELECT day, 0, 0, count(), sum(cityHash64(digest, offset)) FROM compensation GROUP BY day
    UNION ALL
    SELECT day, 0, sum(cityHash64(payment_hash, compensation_reference, source, source_transaction_id, kind, contested_at)), 0, 0
    FROM event_conflict GROUP BY day)
GROUP BY day
