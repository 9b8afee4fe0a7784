-- On which days does the attribution of payments change, and by what? Summed up to a day (wrapping), the
-- steps give a hash of all intervals that cover it.
-- Grain: one day on which an interval begins or ends.
SELECT change.1 AS at, sum(change.2) AS step
FROM (
    SELECT cityHash64(method, key, market, vendor) AS enters,
        arrayJoin([(effective_from, enters), (effective_to, toUInt64(bitNot(enters) + 1))]) AS change
    FROM registry_link(known_at = '2100-01-01 00:00:00'))
GROUP BY at
ORDER BY at
