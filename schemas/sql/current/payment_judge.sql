-- The admission rule for payments: is this record evidence, and if not, why?
-- A row is one record with its verdict. schemas/cloudevent.py `decode` admits exactly the same bodies, and gives
-- the same reason: first the form, then the fields in their order, then what joins them (id, time, presence).
-- Writing what was read must give the same bytes: that one comparison refuses floats, numeric strings,
-- unknown, missing, repeated or reordered keys, spaces, second objects, junk and bad UTF-8.

CREATE MATERIALIZED VIEW IF NOT EXISTS payment_judge TO payment_judged AS
WITH
    JSONExtract(body, 'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, account String, bank_reference String, compensation_reference Nullable(String), amount_vnd Int64, currency String, time_precision String, rail_class String, virtual_account Nullable(String), stall_code Nullable(String), payer_token Nullable(String), balance_after_vnd Nullable(Int64), text Nullable(String)))') AS said,
    said.data AS d,
    transform(said.type,
        ['vn.choso.payment.credited.v1', 'vn.choso.payment.cash_sale_reported.v1', 'vn.choso.payment.failed.v1',
         'vn.choso.payment.refunded.v1', 'vn.choso.payment.reversed.v1'],
        ['credited', 'cash_sale_reported', 'failed', 'refunded', 'reversed'], '') AS kind_said
SELECT
    topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body,
    if(choso_is_token(delivery), delivery, '') AS delivery,
    multiIf(
        length(body) > 65536, 'too_large',
        toJSONString(said) != body, multiIf(
            NOT isValidJSON(body) OR startsWith(body, '\xEF\xBB\xBF'), 'not_json', kind_said = '', 'unknown_type', 'not_canonical'),
        kind_said = '', 'unknown_type',
        said.specversion != '1.0', 'specversion',
        NOT choso_is_source(said.source), 'source',
        NOT choso_is_source_transaction_id(d.source_transaction_id), 'source_transaction_id',
        NOT choso_is_token(d.account), 'account',
        NOT choso_is_reference(d.bank_reference), 'bank_reference',
        isNotNull(d.compensation_reference) AND NOT choso_is_reference(assumeNotNull(d.compensation_reference)), 'compensation_reference',
        d.amount_vnd < 1 OR d.amount_vnd > 1000000000000000, 'amount',
        d.currency != 'VND', 'currency',
        d.time_precision NOT IN ('instant', 'day'), 'time_precision',
        d.rail_class NOT IN ('p2m_payment', 'p2p_transfer', 'wallet', 'card', 'cash_reported', 'unknown'), 'rail_class',
        isNotNull(d.virtual_account) AND NOT choso_is_token(assumeNotNull(d.virtual_account)), 'virtual_account',
        isNotNull(d.stall_code) AND NOT choso_is_code(assumeNotNull(d.stall_code)), 'stall_code',
        isNotNull(d.payer_token) AND NOT choso_is_token(assumeNotNull(d.payer_token)), 'payer_token',
        isNotNull(d.balance_after_vnd) AND (d.balance_after_vnd < -1000000000000000 OR d.balance_after_vnd > 1000000000000000), 'balance',
        isNotNull(d.text) AND NOT choso_is_text(assumeNotNull(d.text)), 'text',
        said.id != choso_event_id(said.source, d.source_transaction_id, kind_said), 'id',
        said.time < toDateTime64('2000-01-01 00:00:00', 3, 'UTC') OR said.time >= toDateTime64('2100-01-01 00:00:00', 3, 'UTC')
            OR said.time > recorded_at + INTERVAL 1 DAY, 'time',
        (kind_said IN ('refunded', 'reversed')) != isNotNull(d.compensation_reference), 'compensation_reference',
        '') AS reason,
    kind_said AS kind,
    said AS event
FROM payment_intake
SETTINGS date_time_input_format = 'best_effort', date_time_output_format = 'iso',
    output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

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
    delivery,
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
    delivery,
    sipHash128(body) AS digest,
    recorded_at, batch_month, topic_id, partition, offset, batch_first, batch_span, batch_count
FROM payment_judged
WHERE reason = '' AND kind IN ('refunded', 'reversed');

CREATE MATERIALIZED VIEW IF NOT EXISTS payment_to_rejected TO rejected AS
SELECT
    'payment' AS shape,
    topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at,
    reason, body, delivery, sipHash128(body) AS digest
FROM payment_judged
WHERE reason != '';
