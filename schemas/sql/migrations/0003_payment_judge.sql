-- The admission rule for payments: is this record evidence, and if not, why?
-- A row is one record with its verdict. schemas/cloudevent.py `decode` admits exactly the same bodies, and gives
-- the same reason: first the form, then the fields in their order, then what joins them (id, time, presence).
-- Writing what was read must give the same bytes: that one comparison refuses floats, numeric strings,
-- unknown, missing, repeated or reordered keys, spaces, second objects, junk and bad UTF-8.

-- Functions are written into a view when it is made: no view depends on them later. They say what
-- schemas/cloudevent.py (Token, Code, Reference, Source, SourceTransactionId), schemas/text.py (is_text) and
-- schemas/ids.py (event_id) say; tests compare the patterns.

CREATE OR REPLACE FUNCTION choso_is_token AS (token) -> length(token) = 32 AND lower(hex(unhex(token))) = token;

CREATE OR REPLACE FUNCTION choso_is_code AS (code) -> match(code, '^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$');

CREATE OR REPLACE FUNCTION choso_is_reference AS (reference) -> match(reference, '^[0-9A-Z][0-9A-Z._/:-]{0,63}$');

CREATE OR REPLACE FUNCTION choso_is_source AS (source) -> match(source, '^/[a-z0-9][a-z0-9._/-]{0,62}$');

CREATE OR REPLACE FUNCTION choso_is_source_transaction_id AS (id) -> match(id, '^[!-~]{1,128}$');

CREATE OR REPLACE FUNCTION choso_is_text AS (text) ->
    text != '' AND lengthUTF8(text) <= 200 AND normalizeUTF8NFC(text) = text
    AND NOT match(text, '[\\x00-\\x1f\\x7f-\\x{9f}\\x{897}\\x{1acf}-\\x{1aff}\\x{2028}\\x{2029}\\x{10000}-\\x{1cfff}\\x{1e000}-\\x{1efff}]');

-- The UUIDv5 of (source, source transaction id, kind), each on its line, in choso's namespace.
CREATE OR REPLACE FUNCTION choso_event_id AS (source, source_transaction_id, kind) ->
    concat(
        substring(lower(hex(SHA1(concat(unhex('5f0c9c1e7a3b5d429b6e0c4f5e2a9d11'), source, '\n', source_transaction_id, '\n', kind)))) AS event_hash, 1, 8),
        '-', substring(event_hash, 9, 4), '-5', substring(event_hash, 14, 3), '-',
        transform(substring(event_hash, 17, 1),
            ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'],
            ['8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b'], ''),
        substring(event_hash, 18, 3), '-', substring(event_hash, 21, 12));

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
