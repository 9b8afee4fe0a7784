-- Which payments does this event speak of? Derives the id of every stored event again: reads three columns of all.
-- Grain: one payment.
SELECT lower(hex(account)) AS account_token, bank_reference
FROM (
    SELECT account, bank_reference FROM evidence
    WHERE choso_event_id(source, source_transaction_id, toString(kind)) = {event_id:String}
    UNION ALL
    SELECT account, bank_reference FROM compensation
    WHERE choso_event_id(source, source_transaction_id, toString(kind)) = {event_id:String})
GROUP BY account, bank_reference
ORDER BY account_token, bank_reference
LIMIT {limit:UInt32}
