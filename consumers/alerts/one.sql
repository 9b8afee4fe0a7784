-- How does the alert stand whose id begins so?
-- Grain: an alert.
SELECT alert, rule, market, subject, day, detail, raised_at, state, acknowledged_at, acknowledged_by, delivered_at
FROM alert
WHERE startsWith(alert, {alert:String})
ORDER BY alert
LIMIT {limit:UInt32}
