-- The admission rule for registry facts: is this record a fact, and if not, why?
-- A row is one record with its verdict. schemas/registry.py admits exactly the same bodies.
-- `has` is a bit for each field that is not null, in the order of the shape; the two lists of masks say
-- which bits a kind must have and which it may have (schemas/registry.py FIELDS; a test compares them).

CREATE MATERIALIZED VIEW IF NOT EXISTS registry_judge TO registry_judged AS
WITH
    JSONExtract(body, 'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, effective_from Date32, market Nullable(String), stall Nullable(String), vendor Nullable(String), account Nullable(String), qr Nullable(String), team Nullable(String), name Nullable(String), market_kind Nullable(String), product Nullable(String), area Nullable(String), account_last4 Nullable(String), bank_bin Nullable(String), stall_count Nullable(Int64), open Nullable(Bool), note Nullable(String)))') AS said,
    said.data AS d,
    if(match(said.type, '^vn\\.choso\\.registry\\.[a-z_]+\\.v1$'), splitByChar('.', said.type)[4], '') AS kind_said,
    indexOf(['market', 'stall', 'vendor', 'account_linked', 'account_unlinked', 'qr_issued', 'qr_revoked', 'census_taken', 'trading_day', 'team_visit'], kind_said) AS k,
    [193, 3, 4, 13, 8, 17, 16, 4097, 8193, 33][k] AS must,
    [17089, 17219, 16711, 19471, 16392, 18463, 16400, 20481, 24581, 16423][k] AS may,
    1 * isNotNull(d.market) + 2 * isNotNull(d.stall) + 4 * isNotNull(d.vendor) + 8 * isNotNull(d.account) + 16 * isNotNull(d.qr) + 32 * isNotNull(d.team) + 64 * isNotNull(d.name) + 128 * isNotNull(d.market_kind) + 256 * isNotNull(d.product) + 512 * isNotNull(d.area) + 1024 * isNotNull(d.account_last4) + 2048 * isNotNull(d.bank_bin) + 4096 * isNotNull(d.stall_count) + 8192 * isNotNull(d.open) + 16384 * isNotNull(d.note) AS has,
    lower(hex(SHA1(concat(unhex('5f0c9c1e7a3b5d429b6e0c4f5e2a9d11'), said.source, '\n', d.source_transaction_id, '\n', kind_said)))) AS h,
    concat(substring(h, 1, 8), '-', substring(h, 9, 4), '-5', substring(h, 14, 3), '-',
        transform(substring(h, 17, 1),
            ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'],
            ['8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b'], ''),
        substring(h, 18, 3), '-', substring(h, 21, 12)) AS id_derived
SELECT
    topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body,
    multiIf(
        length(body) > 65536, 'too_large',
        toJSONString(said) != body, multiIf(NOT isValidJSON(body), 'not_json', k = 0, 'unknown_type', 'not_canonical'),
        k = 0, 'unknown_type',
        said.specversion != '1.0', 'specversion',
        NOT match(said.source, '^/[a-z0-9][a-z0-9._/-]{0,62}$'), 'source',
        NOT match(d.source_transaction_id, '^[!-~]{1,128}$'), 'source_transaction_id',
        said.id != id_derived, 'id',
        said.time < toDateTime64('2000-01-01 00:00:00', 3, 'UTC') OR said.time > recorded_at + INTERVAL 1 DAY, 'time',
        bitAnd(has, must) != must OR bitAnd(has, may) != has, 'fields',
        d.effective_from < toDate32('2000-01-01') OR d.effective_from > toDate32('2100-01-01'), 'fields',
        NOT match(coalesce(d.market, '0'), '^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$') OR NOT match(coalesce(d.stall, '0'), '^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$')
            OR NOT match(coalesce(d.vendor, '0'), '^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$') OR NOT match(coalesce(d.qr, '0'), '^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$')
            OR NOT match(coalesce(d.team, '0'), '^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$'), 'code',
        isNotNull(d.account) AND NOT match(assumeNotNull(d.account), '^[0-9a-f]{32}$'), 'account',
        coalesce(d.market_kind, 'supermarket') NOT IN ('traditional_market', 'supermarket', 'convenience_store', 'service_centre'), 'fields',
        NOT match(coalesce(d.account_last4, '0000'), '^[0-9A-Z]{4}$') OR NOT match(coalesce(d.bank_bin, '000000'), '^[0-9]{6}$'), 'fields',
        coalesce(d.stall_count, 0) < 0 OR coalesce(d.stall_count, 0) > 1000000, 'count',
        isNotNull(d.name) AND (d.name = '' OR lengthUTF8(assumeNotNull(d.name)) > 200
            OR match(assumeNotNull(d.name), '[\\x00-\\x1f\\x7f-\\x{9f}\\x{2028}\\x{2029}]')
            OR normalizeUTF8NFC(assumeNotNull(d.name)) != d.name), 'text',
        isNotNull(d.product) AND (d.product = '' OR lengthUTF8(assumeNotNull(d.product)) > 200
            OR match(assumeNotNull(d.product), '[\\x00-\\x1f\\x7f-\\x{9f}\\x{2028}\\x{2029}]')
            OR normalizeUTF8NFC(assumeNotNull(d.product)) != d.product), 'text',
        isNotNull(d.area) AND (d.area = '' OR lengthUTF8(assumeNotNull(d.area)) > 200
            OR match(assumeNotNull(d.area), '[\\x00-\\x1f\\x7f-\\x{9f}\\x{2028}\\x{2029}]')
            OR normalizeUTF8NFC(assumeNotNull(d.area)) != d.area), 'text',
        isNotNull(d.note) AND (d.note = '' OR lengthUTF8(assumeNotNull(d.note)) > 200
            OR match(assumeNotNull(d.note), '[\\x00-\\x1f\\x7f-\\x{9f}\\x{2028}\\x{2029}]')
            OR normalizeUTF8NFC(assumeNotNull(d.note)) != d.note), 'text',
        '') AS reason,
    kind_said AS kind,
    said AS event
FROM registry_intake;

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
