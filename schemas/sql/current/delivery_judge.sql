-- The admission rule for statements about deliveries: is this record one, and if not, why?
-- A row is one record with its verdict. schemas/delivery.py admits exactly the same bodies.

CREATE MATERIALIZED VIEW IF NOT EXISTS delivery_judge TO delivery_judged AS
WITH
    JSONExtract(body, 'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, delivery String, name Nullable(String), sha256 Nullable(String), byte_count Nullable(Int64), line_count Nullable(Int64), profile Nullable(String), profile_sha256 Nullable(String), reader Nullable(String), market Nullable(String), first_day Nullable(Date32), last_day Nullable(Date32), opening_vnd Nullable(Int64), closing_vnd Nullable(Int64), accounts Array(String), outcomes Array(Tuple(outcome String, reason Nullable(String), row_count Int64, line_count Int64, in_vnd Int64, out_vnd Int64, change_vnd Int64, unread_count Int64)), who Nullable(String), why Nullable(String)))') AS said,
    said.data AS d,
    if(match(said.type, '^vn\\.choso\\.delivery\\.(delivered|retracted)\\.v1$'), splitByChar('.', said.type)[4], '') AS kind_said
SELECT
    topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body,
    multiIf(
        length(body) > 65536, 'too_large',
        toJSONString(said) != body OR length(d.accounts) > 1000 OR length(d.outcomes) > 100, multiIf(
            NOT isValidJSON(body) OR startsWith(body, '\xEF\xBB\xBF'), 'not_json', kind_said = '', 'unknown_type', 'not_canonical'),
        kind_said = '', 'unknown_type',
        said.specversion != '1.0', 'specversion',
        NOT choso_is_source(said.source), 'source',
        NOT choso_is_source_transaction_id(d.source_transaction_id), 'source_transaction_id',
        NOT choso_is_token(d.delivery), 'fields',
        isNotNull(d.name) AND NOT choso_is_text(assumeNotNull(d.name)), 'text',
        NOT match(coalesce(d.sha256, repeat('0', 64)), '^[0-9a-f]{64}$'), 'fields',
        coalesce(d.byte_count, 0) < 0 OR coalesce(d.byte_count, 0) > 1000000000000, 'fields',
        coalesce(d.line_count, 0) < 0 OR coalesce(d.line_count, 0) > 1000000000000, 'fields',
        isNotNull(d.profile) AND NOT choso_is_text(assumeNotNull(d.profile)), 'text',
        NOT match(coalesce(d.profile_sha256, repeat('0', 64)), '^[0-9a-f]{64}$'), 'fields',
        isNotNull(d.reader) AND NOT choso_is_code(assumeNotNull(d.reader)), 'fields',
        isNotNull(d.market) AND NOT choso_is_code(assumeNotNull(d.market)), 'code',
        abs(toInt128(coalesce(d.opening_vnd, 0))) > 1000000000000000000, 'fields',
        abs(toInt128(coalesce(d.closing_vnd, 0))) > 1000000000000000000, 'fields',
        NOT arrayAll(account -> choso_is_token(account), d.accounts), 'fields',
        NOT arrayAll(o -> o.outcome IN ('blank', 'preamble', 'header', 'skipped', 'known', 'rejected', 'published'), d.outcomes), 'fields',
        NOT arrayAll(o -> isNull(o.reason) OR choso_is_text(assumeNotNull(o.reason)), d.outcomes), 'text',
        NOT arrayAll(o -> least(o.row_count, o.line_count, o.in_vnd, o.out_vnd, o.unread_count) >= 0
            AND greatest(o.row_count, o.line_count, o.unread_count) <= 1000000000000
            AND greatest(o.in_vnd, o.out_vnd) <= 1000000000000000000
            AND abs(toInt128(o.change_vnd)) <= 1000000000000000000, d.outcomes), 'fields',
        isNotNull(d.who) AND NOT choso_is_text(assumeNotNull(d.who)), 'text',
        isNotNull(d.why) AND NOT choso_is_text(assumeNotNull(d.why)), 'text',
        said.id != choso_event_id(said.source, d.source_transaction_id, kind_said), 'id',
        said.time < toDateTime64('2000-01-01 00:00:00', 3, 'UTC') OR said.time >= toDateTime64('2100-01-01 00:00:00', 3, 'UTC')
            OR said.time > recorded_at + INTERVAL 1 DAY, 'time',
        kind_said = 'delivered' AND (isNull(d.name) OR isNotNull(d.who) OR isNotNull(d.why)), 'fields',
        kind_said = 'retracted' AND (isNull(d.who) OR isNull(d.why) OR notEmpty(d.accounts) OR notEmpty(d.outcomes)
            OR 0 != isNotNull(d.name) + isNotNull(d.sha256) + isNotNull(d.byte_count) + isNotNull(d.line_count) + isNotNull(d.profile)
                + isNotNull(d.profile_sha256) + isNotNull(d.reader) + isNotNull(d.market) + isNotNull(d.first_day) + isNotNull(d.last_day)
                + isNotNull(d.opening_vnd) + isNotNull(d.closing_vnd)), 'fields',
        least(coalesce(d.first_day, toDate32('2000-01-01')), coalesce(d.last_day, toDate32('2000-01-01'))) < toDate32('2000-01-01')
            OR greatest(coalesce(d.first_day, toDate32('2000-01-01')), coalesce(d.last_day, toDate32('2000-01-01'))) > toDate32('2100-01-01'), 'fields',
        '') AS reason,
    kind_said AS kind,
    said AS event
FROM delivery_intake
SETTINGS date_time_input_format = 'best_effort', date_time_output_format = 'iso',
    output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

CREATE MATERIALIZED VIEW IF NOT EXISTS delivery_to_fact TO delivery_fact AS
SELECT
    kind,
    event.data.delivery AS delivery,
    event.data.name AS name,
    event.data.sha256 AS sha256,
    event.data.byte_count AS byte_count,
    event.data.line_count AS line_count,
    event.data.profile AS profile,
    event.data.profile_sha256 AS profile_sha256,
    event.data.reader AS reader,
    event.data.market AS market,
    event.data.first_day AS first_day,
    event.data.last_day AS last_day,
    event.data.opening_vnd AS opening_vnd,
    event.data.closing_vnd AS closing_vnd,
    event.data.accounts AS accounts,
    event.data.outcomes AS outcomes,
    event.data.who AS who,
    event.data.why AS why,
    event.time AS time,
    event.source AS source,
    event.data.source_transaction_id AS source_transaction_id,
    sipHash128(body) AS digest,
    recorded_at, batch_month, topic_id, partition, offset, batch_first, batch_span, batch_count
FROM delivery_judged
WHERE reason = '';

CREATE MATERIALIZED VIEW IF NOT EXISTS delivery_to_rejected TO rejected AS
SELECT
    'delivery' AS shape,
    topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at,
    reason, body, sipHash128(body) AS digest
FROM delivery_judged
WHERE reason != '';
