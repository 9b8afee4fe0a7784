-- What was said about this payment?
-- Grain: one record of the log, though its row may be stored twice; the same event delivered again is another record. `retracted_at`: since when it
-- is left out, because its delivery was retracted.
SELECT e.*, r.retracted_at AS retracted_at
FROM (
    SELECT DISTINCT toString(kind) AS kind, choso_event_id(source, source_transaction_id, toString(kind)) AS event_id, day, time,
        toString(time_precision) AS time_precision, amount_vnd, toString(rail_class) AS rail_class, source, source_transaction_id,
        NULL AS compensation_reference, lower(hex(virtual_account)) AS virtual_account, stall_code, lower(hex(payer_token)) AS payer_token,
        balance_after_vnd, text, recorded_at, topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month,
        lower(hex(digest)) AS digest, delivery
    FROM evidence
    WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND account = toFixedString(unhex({account:String}), 16)
        AND bank_reference = {reference:String}
    UNION ALL
    SELECT DISTINCT toString(kind), choso_event_id(source, source_transaction_id, toString(kind)), day, time,
        toString(time_precision), amount_vnd, toString(rail_class), source, source_transaction_id,
        compensation_reference, lower(hex(virtual_account)), stall_code, lower(hex(payer_token)),
        balance_after_vnd, text, recorded_at, topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month,
        lower(hex(digest)), delivery
    FROM compensation
    WHERE account = toFixedString(unhex({account:String}), 16) AND bank_reference = {reference:String}) AS e
LEFT JOIN (SELECT delivery, toNullable(min(recorded_at)) AS retracted_at FROM retraction GROUP BY delivery) AS r ON r.delivery = e.delivery
ORDER BY recorded_at, topic_id, partition, offset
