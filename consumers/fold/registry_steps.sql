-- On which days does the attribution of payments change, and by what? Summed up to a day (wrapping), the
-- steps give a hash of all intervals that cover it.
-- Grain: one day on which an interval begins or ends.
SELECT at, sum(step) AS step
FROM (
    SELECT effective_from AS at, cityHash64(method, key, market, vendor) AS step FROM registry_link(known_at = '2100-01-01 00:00:00')
    UNION ALL
    SELECT effective_to, toUInt64(bitNot(cityHash64(method, key, market, vendor)) + 1) FROM registry_link(known_at = '2100-01-01 00:00:00'))
GROUP BY at
ORDER BY at
