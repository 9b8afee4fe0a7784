-- How do the newest alerts stand?
-- Grain: an alert.
SELECT alert, rule, market, subject, day, detail, raised_at, state, acknowledged_at, acknowledged_by, delivered_at
FROM alert
WHERE ({state:String} = '' OR state = {state:String})
    AND (empty({markets:Array(String)}) OR has({markets:Array(String)}, market))
ORDER BY day DESC, rule, market, subject
LIMIT {limit:UInt32}
