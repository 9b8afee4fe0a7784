-- Which deliveries are there? Told ones, ones that were stopped before they told, and which were retracted.
-- Grain: one delivery, the newest first. `event_count` and `event_vnd` are what it published, as it says.
SELECT
    ids.delivery AS delivery, d.name AS name, d.source AS source, d.profile AS profile, d.market AS market, ids.recorded_at AS recorded_at,
    d.first_day AS first_day, d.last_day AS last_day, d.line_count AS line_count, d.opening_vnd AS opening_vnd, d.closing_vnd AS closing_vnd,
    d.accounts AS accounts, d.outcomes AS outcomes, ids.is_told AS is_told, r.retracted_at AS retracted_at, r.retracted_by AS retracted_by,
    r.retracted_why AS retracted_why
FROM (
    SELECT delivery, max(told) AS is_told, min(at) AS recorded_at
    FROM (
        SELECT delivery, kind = 'delivered' AS told, recorded_at AS at FROM delivery_fact
        UNION ALL
        SELECT delivery, 0, min(recorded_at) FROM delivery_evidence GROUP BY delivery)
    GROUP BY delivery) AS ids
LEFT JOIN delivery(known_at = {known_at:DateTime64(3)}) AS d ON d.delivery = ids.delivery
LEFT JOIN retracted_delivery(known_at = {known_at:DateTime64(3)}) AS r ON r.delivery = ids.delivery
WHERE startsWith(ids.delivery, {prefix:String})
ORDER BY ids.recorded_at DESC, ids.delivery
LIMIT {limit:UInt32}
SETTINGS join_use_nulls = 1
