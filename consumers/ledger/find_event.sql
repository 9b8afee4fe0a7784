-- Which payments does this event speak of?
-- Grain: one payment.
SELECT DISTINCT lower(hex(account)) AS account_token, bank_reference
FROM (
    SELECT account, bank_reference, body FROM evidence_body
    UNION ALL
    SELECT account, bank_reference, body FROM compensation_body)
WHERE startsWith(body, concat('{"specversion":"1.0","id":"', {event_id:String}, '"'))
LIMIT {limit:UInt32}
