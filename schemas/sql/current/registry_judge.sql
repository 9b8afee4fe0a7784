-- The admission rule for registry facts: is this record a fact, and if not, why?
-- A row is one record with its verdict. schemas/registry.py admits exactly the same bodies.
-- `has` is a bit for each field that is not null, in the order of the shape; the two lists of masks say
-- which bits a kind must have and which it may have (schemas/registry.py FIELDS; a test compares them).

CREATE MATERIALIZED VIEW IF NOT EXISTS registry_judge TO registry_judged AS
WITH
    JSONExtract(body, 'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, effective_from Date32, market Nullable(String), stall Nullable(String), vendor Nullable(String), account Nullable(String), qr Nullable(String), team Nullable(String), name Nullable(String), market_kind Nullable(String), product Nullable(String), area Nullable(String), account_last4 Nullable(String), bank_bin Nullable(String), stall_count Nullable(Int64), open Nullable(Bool), amount_vnd Nullable(Int64), tender Nullable(String), payment_count Nullable(Int64), rail_class Nullable(String), note Nullable(String)))') AS said,
    said.data AS d,
    if(match(said.type, '^vn\\.choso\\.registry\\.[a-z_]+\\.v1$'), splitByChar('.', said.type)[4], '') AS kind_said,
    indexOf(['market', 'stall', 'vendor', 'account_linked', 'account_unlinked', 'qr_issued', 'qr_revoked', 'census_taken', 'trading_day', 'team_visit', 'fee_due', 'fee_paid', 'market_total', 'evaluation_registered'], kind_said) AS k,
    [193, 3, 4, 13, 8, 17, 16, 4097, 8193, 33, 16387, 49155, 213057, 262208][k] AS must,
    [262849, 262979, 262471, 265231, 262152, 264223, 262160, 266241, 270341, 262183, 278535, 311303, 475201, 262208][k] AS may,
    1 * isNotNull(d.market) + 2 * isNotNull(d.stall) + 4 * isNotNull(d.vendor) + 8 * isNotNull(d.account) + 16 * isNotNull(d.qr) + 32 * isNotNull(d.team) + 64 * isNotNull(d.name) + 128 * isNotNull(d.market_kind) + 256 * isNotNull(d.product) + 512 * isNotNull(d.area) + 1024 * isNotNull(d.account_last4) + 2048 * isNotNull(d.bank_bin) + 4096 * isNotNull(d.stall_count) + 8192 * isNotNull(d.open) + 16384 * isNotNull(d.amount_vnd) + 32768 * isNotNull(d.tender) + 65536 * isNotNull(d.payment_count) + 131072 * isNotNull(d.rail_class) + 262144 * isNotNull(d.note) AS has
SELECT
    topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body,
    multiIf(
        length(body) > 65536, 'too_large',
        toJSONString(said) != body, multiIf(
            NOT isValidJSON(body) OR startsWith(body, '\xEF\xBB\xBF'), 'not_json', k = 0, 'unknown_type', 'not_canonical'),
        k = 0, 'unknown_type',
        said.specversion != '1.0', 'specversion',
        NOT choso_is_source(said.source), 'source',
        NOT choso_is_source_transaction_id(d.source_transaction_id), 'source_transaction_id',
        isNotNull(d.market) AND NOT choso_is_code(assumeNotNull(d.market)), 'code',
        isNotNull(d.stall) AND NOT choso_is_code(assumeNotNull(d.stall)), 'code',
        isNotNull(d.vendor) AND NOT choso_is_code(assumeNotNull(d.vendor)), 'code',
        isNotNull(d.account) AND NOT choso_is_token(assumeNotNull(d.account)), 'account',
        isNotNull(d.qr) AND NOT choso_is_code(assumeNotNull(d.qr)), 'code',
        isNotNull(d.team) AND NOT choso_is_code(assumeNotNull(d.team)), 'code',
        isNotNull(d.name) AND NOT choso_is_text(assumeNotNull(d.name)), 'text',
        coalesce(d.market_kind, 'supermarket') NOT IN ('traditional_market', 'supermarket', 'convenience_store', 'service_centre'), 'fields',
        isNotNull(d.product) AND NOT choso_is_text(assumeNotNull(d.product)), 'text',
        isNotNull(d.area) AND NOT choso_is_text(assumeNotNull(d.area)), 'text',
        NOT match(coalesce(d.account_last4, '0000'), '^[0-9A-Z]{4}$'), 'fields',
        NOT match(coalesce(d.bank_bin, '000000'), '^[0-9]{6}$'), 'fields',
        coalesce(d.stall_count, 0) < 0 OR coalesce(d.stall_count, 0) > 1000000, 'count',
        coalesce(d.amount_vnd, 0) < 0 OR coalesce(d.amount_vnd, 0) > 1000000000000000, 'amount',
        coalesce(d.tender, 'cash') NOT IN ('cashless', 'cash'), 'fields',
        coalesce(d.payment_count, 0) < 0 OR coalesce(d.payment_count, 0) > 1000000000, 'count',
        coalesce(d.rail_class, 'card') NOT IN ('p2m_payment', 'p2p_transfer', 'wallet', 'card', 'cash_reported', 'unknown'), 'rail_class',
        isNotNull(d.note) AND NOT choso_is_text(assumeNotNull(d.note)), 'text',
        said.id != choso_event_id(said.source, d.source_transaction_id, kind_said), 'id',
        said.time < toDateTime64('2000-01-01 00:00:00', 3, 'UTC') OR said.time >= toDateTime64('2100-01-01 00:00:00', 3, 'UTC')
            OR said.time > recorded_at + INTERVAL 1 DAY, 'time',
        bitAnd(has, must) != must OR bitAnd(has, may) != has, 'fields',
        kind_said = 'market_total' AND toDayOfWeek(d.effective_from) != 1, 'fields',
        d.effective_from < toDate32('2000-01-01') OR d.effective_from > toDate32('2100-01-01'), 'fields',
        '') AS reason,
    kind_said AS kind,
    said AS event
FROM registry_intake
SETTINGS date_time_input_format = 'best_effort', date_time_output_format = 'iso',
    output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

CREATE MATERIALIZED VIEW IF NOT EXISTS registry_to_fact TO registry_fact AS
SELECT
    kind,
    event.data.effective_from AS effective_from,
    event.data.market AS market,
    event.data.stall AS stall,
    event.data.vendor AS vendor,
    event.data.account AS account,
    event.data.qr AS qr,
    event.data.team AS team,
    event.data.name AS name,
    event.data.market_kind AS market_kind,
    event.data.product AS product,
    event.data.area AS area,
    event.data.account_last4 AS account_last4,
    event.data.bank_bin AS bank_bin,
    event.data.stall_count AS stall_count,
    event.data.open AS open,
    event.data.amount_vnd AS amount_vnd,
    event.data.tender AS tender,
    event.data.payment_count AS payment_count,
    event.data.rail_class AS rail_class,
    event.data.note AS note,
    event.time AS time,
    event.source AS source,
    event.data.source_transaction_id AS source_transaction_id,
    sipHash128(body) AS digest,
    recorded_at, batch_month, topic_id, partition, offset, batch_first, batch_span, batch_count
FROM registry_judged
WHERE reason = '';

CREATE MATERIALIZED VIEW IF NOT EXISTS registry_to_rejected TO rejected AS
SELECT
    'registry' AS shape,
    topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at,
    reason, body, sipHash128(body) AS digest
FROM registry_judged
WHERE reason != '';
