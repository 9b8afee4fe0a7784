-- Where a judged payment record goes. A row of each target is one record.

CREATE MATERIALIZED VIEW IF NOT EXISTS payment_to_evidence TO evidence AS
SELECT
    toDate(event.time, 'Asia/Ho_Chi_Minh') AS day,
    toFixedString(unhex(event.data.account), 16) AS account,
    event.data.bank_reference AS bank_reference,
    cityHash64(account, bank_reference) AS payment_hash,
    kind,
    event.data.amount_vnd AS amount_vnd,
    event.time AS time,
    event.data.time_precision AS time_precision,
    event.data.rail_class AS rail_class,
    event.source AS source,
    event.data.source_transaction_id AS source_transaction_id,
    toFixedString(unhex(event.data.virtual_account), 16) AS virtual_account,
    event.data.stall_code AS stall_code,
    toFixedString(unhex(event.data.payer_token), 16) AS payer_token,
    event.data.balance_after_vnd AS balance_after_vnd,
    event.data.text AS text,
    sipHash128(body) AS digest,
    recorded_at, batch_month, topic_id, partition, offset, batch_first, batch_span, batch_count
FROM payment_judged
WHERE reason = '' AND kind IN ('credited', 'cash_sale_reported', 'failed');

CREATE MATERIALIZED VIEW IF NOT EXISTS payment_to_compensation TO compensation AS
SELECT
    toDate(event.time, 'Asia/Ho_Chi_Minh') AS day,
    toFixedString(unhex(event.data.account), 16) AS account,
    event.data.bank_reference AS bank_reference,
    cityHash64(account, bank_reference) AS payment_hash,
    assumeNotNull(event.data.compensation_reference) AS compensation_reference,
    kind,
    event.data.amount_vnd AS amount_vnd,
    event.time AS time,
    event.data.time_precision AS time_precision,
    event.data.rail_class AS rail_class,
    event.source AS source,
    event.data.source_transaction_id AS source_transaction_id,
    toFixedString(unhex(event.data.virtual_account), 16) AS virtual_account,
    event.data.stall_code AS stall_code,
    toFixedString(unhex(event.data.payer_token), 16) AS payer_token,
    event.data.balance_after_vnd AS balance_after_vnd,
    event.data.text AS text,
    sipHash128(body) AS digest,
    recorded_at, batch_month, topic_id, partition, offset, batch_first, batch_span, batch_count
FROM payment_judged
WHERE reason = '' AND kind IN ('refunded', 'reversed');

CREATE MATERIALIZED VIEW IF NOT EXISTS payment_to_rejected TO rejected AS
SELECT
    'payment' AS shape,
    topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at,
    reason, body, sipHash128(body) AS digest
FROM payment_judged
WHERE reason != '';
