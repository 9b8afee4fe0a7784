-- Which open alerts has nobody been told?
-- Grain: an alert.
SELECT alert, rule, market, subject, day, detail, raised_at, state, acknowledged_at, acknowledged_by, delivered_at
FROM alert
WHERE state = 'open' AND delivered_at IS NULL AND raised_at >= {since:DateTime64(3)}
ORDER BY raised_at, alert
LIMIT {limit:UInt32}
