-- What was said about this payment?
-- Grain: one record of the log; the same event delivered again is another record.
SELECT toString(kind) AS kind, day, time, toString(time_precision) AS time_precision, amount_vnd, toString(rail_class) AS rail_class, source,
    source_transaction_id, '' AS compensation_reference, lower(hex(virtual_account)) AS virtual_account, stall_code,
    lower(hex(payer_token)) AS payer_token, balance_after_vnd, text, recorded_at, topic_id, partition, offset, lower(hex(digest)) AS digest
FROM evidence
WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND account = toFixedString(unhex({account:String}), 16)
    AND bank_reference = {reference:String}
UNION ALL
SELECT toString(kind), day, time, toString(time_precision), amount_vnd, toString(rail_class), source, source_transaction_id,
    compensation_reference, lower(hex(virtual_account)), stall_code, lower(hex(payer_token)), balance_after_vnd, text, recorded_at,
    topic_id, partition, offset, lower(hex(digest))
FROM compensation
WHERE account = toFixedString(unhex({account:String}), 16) AND bank_reference = {reference:String}
ORDER BY recorded_at, topic_id, partition, offset
