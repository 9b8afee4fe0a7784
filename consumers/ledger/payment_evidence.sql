-- What was said about this payment?
-- Grain: one record of the log, though its row may be stored twice; the same event delivered again is another record.
SELECT * FROM (
    SELECT DISTINCT toString(kind) AS kind, choso_event_id(source, source_transaction_id, toString(kind)) AS event_id, day, time,
        toString(time_precision) AS time_precision, amount_vnd, toString(rail_class) AS rail_class, source, source_transaction_id,
        NULL AS compensation_reference, lower(hex(virtual_account)) AS virtual_account, stall_code, lower(hex(payer_token)) AS payer_token,
        balance_after_vnd, text, recorded_at, topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month,
        lower(hex(digest)) AS digest
    FROM evidence
    WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND account = toFixedString(unhex({account:String}), 16)
        AND bank_reference = {reference:String}
    UNION ALL
    SELECT DISTINCT toString(kind), choso_event_id(source, source_transaction_id, toString(kind)), day, time,
        toString(time_precision), amount_vnd, toString(rail_class), source, source_transaction_id,
        compensation_reference, lower(hex(virtual_account)), stall_code, lower(hex(payer_token)),
        balance_after_vnd, text, recorded_at, topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month,
        lower(hex(digest))
    FROM compensation
    WHERE account = toFixedString(unhex({account:String}), 16) AND bank_reference = {reference:String})
ORDER BY recorded_at, topic_id, partition, offset
