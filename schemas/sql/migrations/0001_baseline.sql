-- Made by `python -m schemas.generate` from schemas/sql/current: edit there.
-- Long because it is the whole schema.

-- What the views share: functions are written into a view when it is made, and no view depends on them later. They say what
-- schemas/cloudevent.py (Token, Code, Reference, Source, SourceTransactionId), schemas/text.py (is_text) and
-- schemas/ids.py (event_id) say; tests compare the patterns.

CREATE OR REPLACE FUNCTION choso_is_token AS (token) -> length(token) = 32 AND lower(hex(unhex(token))) = token;

CREATE OR REPLACE FUNCTION choso_is_code AS (code) -> match(code, '^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$');

CREATE OR REPLACE FUNCTION choso_is_reference AS (reference) -> match(reference, '^[0-9A-Z][!-`{-~]{0,63}$');

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

-- Which of several reports says best when it was: settled before failed, one that knows the instant before one that
-- knows the day, the earliest; as a number, the least is best, and its last 49 bits are the time.

CREATE OR REPLACE FUNCTION choso_time_key AS (is_failed, time_precision, time) ->
    bitShiftLeft(toUInt64(is_failed), 50) + bitShiftLeft(toUInt64(time_precision = 'day'), 49) + toUInt64(toUnixTimestamp64Milli(time));

-- Whose is it? Of the vendors that the registry links to a virtual account, to an account and to a stall's code on a day
-- ('' for none), the first one; what follows is the same of each way, and of none. The one home of that order.

CREATE OR REPLACE FUNCTION choso_by_owner AS (
    virtual_account_vendor, account_vendor, stall_vendor, by_virtual_account, by_account, by_stall_code, by_nothing) ->
    multiIf(virtual_account_vendor != '', by_virtual_account, account_vendor != '', by_account, stall_vendor != '', by_stall_code, by_nothing);

-- Where the sink lands records as they came, and what the judges make of them. Nothing is stored here.
-- A row is one record of a topic; body is the producer's bytes, untouched.

CREATE TABLE IF NOT EXISTS payment_intake
(
    topic_id LowCardinality(String),
    partition UInt16,
    offset UInt64,
    batch_first UInt64,   -- the first offset that the batch covers
    batch_span UInt32,    -- how many offsets it covers: the last is batch_first + batch_span - 1
    batch_count UInt32,   -- how many records it holds: fewer than the span where the log has gaps
    batch_month UInt32,   -- yyyymm of its earliest record: the partition value of all that it becomes
    recorded_at DateTime64(3, 'UTC'),
    body String,
    delivery String       -- the record's header of that name, '' where it has none
)
ENGINE = Null;

CREATE TABLE IF NOT EXISTS registry_intake AS payment_intake
ENGINE = Null;

CREATE TABLE IF NOT EXISTS delivery_intake AS payment_intake
ENGINE = Null;

CREATE TABLE IF NOT EXISTS payment_judged
(
    topic_id LowCardinality(String),
    partition UInt16,
    offset UInt64,
    batch_first UInt64,
    batch_span UInt32,
    batch_count UInt32,
    batch_month UInt32,
    recorded_at DateTime64(3, 'UTC'),
    body String,
    delivery String,                -- which delivery tells it; '' where none is named
    reason LowCardinality(String),  -- '' where the record is admitted
    kind LowCardinality(String),
    event Tuple(
        specversion String,
        id String,
        source String,
        type String,
        time DateTime64(3, 'UTC'),
        data Tuple(
            source_transaction_id String,
            account String,
            bank_reference String,
            compensation_reference Nullable(String),
            amount_vnd Int64,
            currency String,
            time_precision String,
            rail_class String,
            virtual_account Nullable(String),
            stall_code Nullable(String),
            payer_token Nullable(String),
            balance_after_vnd Nullable(Int64),
            text Nullable(String)))
)
ENGINE = Null;

CREATE TABLE IF NOT EXISTS registry_judged
(
    topic_id LowCardinality(String),
    partition UInt16,
    offset UInt64,
    batch_first UInt64,
    batch_span UInt32,
    batch_count UInt32,
    batch_month UInt32,
    recorded_at DateTime64(3, 'UTC'),
    body String,
    reason LowCardinality(String),
    kind LowCardinality(String),
    event Tuple(
        specversion String,
        id String,
        source String,
        type String,
        time DateTime64(3, 'UTC'),
        data Tuple(
            source_transaction_id String,
            effective_from Date32,
            market Nullable(String),
            stall Nullable(String),
            vendor Nullable(String),
            account Nullable(String),
            qr Nullable(String),
            team Nullable(String),
            name Nullable(String),
            market_kind Nullable(String),
            product Nullable(String),
            area Nullable(String),
            account_last4 Nullable(String),
            bank_bin Nullable(String),
            stall_count Nullable(Int64),
            open Nullable(Bool),
            amount_vnd Nullable(Int64),
            tender Nullable(String),
            payment_count Nullable(Int64),
            rail_class Nullable(String),
            note Nullable(String)))
)
ENGINE = Null;

CREATE TABLE IF NOT EXISTS delivery_judged
(
    topic_id LowCardinality(String),
    partition UInt16,
    offset UInt64,
    batch_first UInt64,
    batch_span UInt32,
    batch_count UInt32,
    batch_month UInt32,
    recorded_at DateTime64(3, 'UTC'),
    body String,
    reason LowCardinality(String),
    kind LowCardinality(String),
    event Tuple(
        specversion String,
        id String,
        source String,
        type String,
        time DateTime64(3, 'UTC'),
        data Tuple(
            source_transaction_id String,
            delivery String,
            name Nullable(String),
            sha256 Nullable(String),
            byte_count Nullable(Int64),
            line_count Nullable(Int64),
            profile Nullable(String),
            profile_sha256 Nullable(String),
            reader Nullable(String),
            market Nullable(String),
            first_day Nullable(Date32),
            last_day Nullable(Date32),
            opening_vnd Nullable(Int64),
            closing_vnd Nullable(Int64),
            accounts Array(String),
            outcomes Array(Tuple(outcome String, reason Nullable(String), row_count Int64, line_count Int64, in_vnd Int64, out_vnd Int64, change_vnd Int64, unread_count Int64)),
            who Nullable(String),
            why Nullable(String)))
)
ENGINE = Null;

-- The event store. Append-only; a repeated row is harmless, because truth is the set of events.
-- A row is one admitted record, lossless: its bytes can be written again and hash to `digest`.
-- The partition value is constant within a batch, so that a batch is one part and lands whole.

CREATE TABLE IF NOT EXISTS evidence
(
    day Date CODEC(ZSTD(1)),               -- of `time`, in Asia/Ho_Chi_Minh
    account FixedString(16) CODEC(ZSTD(1)),
    bank_reference String CODEC(ZSTD(1)),
    payment_hash UInt64 CODEC(NONE),       -- of (account, bank_reference): finds a payment's other evidence fast
    kind Enum8('credited' = 1, 'cash_sale_reported' = 2, 'failed' = 4) CODEC(ZSTD(1)),
    amount_vnd Int64 CODEC(T64, ZSTD(1)),
    time DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    time_precision Enum8('instant' = 1, 'day' = 2) CODEC(ZSTD(1)),
    rail_class Enum8('p2m_payment' = 1, 'p2p_transfer' = 2, 'wallet' = 3, 'card' = 4,
                     'cash_reported' = 5, 'unknown' = 6) CODEC(ZSTD(1)),
    source LowCardinality(String) CODEC(ZSTD(1)),
    source_transaction_id String CODEC(ZSTD(1)),
    virtual_account Nullable(FixedString(16)) CODEC(ZSTD(1)),
    stall_code LowCardinality(Nullable(String)) CODEC(ZSTD(1)),
    payer_token Nullable(FixedString(16)) CODEC(ZSTD(1)),
    balance_after_vnd Nullable(Int64) CODEC(ZSTD(1)),
    text Nullable(String) CODEC(ZSTD(1)),
    delivery LowCardinality(String) CODEC(ZSTD(1)),  -- who tells it; no part of the fact, nor of its digest
    digest FixedString(16) CODEC(NONE),    -- sipHash128 of the body
    recorded_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    batch_month UInt32 CODEC(ZSTD(1)),     -- yyyymm of the batch's earliest record
    topic_id LowCardinality(String) CODEC(ZSTD(1)),
    partition UInt16 CODEC(ZSTD(1)),
    offset UInt64 CODEC(T64, ZSTD(1)),
    batch_first UInt64 CODEC(ZSTD(1)),
    batch_span UInt32 CODEC(ZSTD(1)),
    batch_count UInt32 CODEC(ZSTD(1)),
    PROJECTION by_day (SELECT day, count(), sum(cityHash64(digest, offset)), max(recorded_at) GROUP BY day),
    PROJECTION by_delivery (SELECT delivery, day, count() GROUP BY delivery, day)
)
ENGINE = MergeTree
PARTITION BY batch_month
ORDER BY (day, account, bank_reference)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- Refunds and reversals, apart because a fold must find those of its payments whatever their date.

CREATE TABLE IF NOT EXISTS compensation
(
    account FixedString(16) CODEC(ZSTD(1)),
    bank_reference String CODEC(ZSTD(1)),
    compensation_reference String CODEC(ZSTD(1)),
    payment_hash UInt64 CODEC(NONE),
    kind Enum8('refunded' = 8, 'reversed' = 16) CODEC(ZSTD(1)),
    day Date CODEC(ZSTD(1)),
    amount_vnd Int64 CODEC(T64, ZSTD(1)),
    time DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    time_precision Enum8('instant' = 1, 'day' = 2) CODEC(ZSTD(1)),
    rail_class Enum8('p2m_payment' = 1, 'p2p_transfer' = 2, 'wallet' = 3, 'card' = 4,
                     'cash_reported' = 5, 'unknown' = 6) CODEC(ZSTD(1)),
    source LowCardinality(String) CODEC(ZSTD(1)),
    source_transaction_id String CODEC(ZSTD(1)),
    virtual_account Nullable(FixedString(16)) CODEC(ZSTD(1)),
    stall_code LowCardinality(Nullable(String)) CODEC(ZSTD(1)),
    payer_token Nullable(FixedString(16)) CODEC(ZSTD(1)),
    balance_after_vnd Nullable(Int64) CODEC(ZSTD(1)),
    text Nullable(String) CODEC(ZSTD(1)),
    delivery LowCardinality(String) CODEC(ZSTD(1)),  -- who tells it; no part of the fact, nor of its digest
    digest FixedString(16) CODEC(NONE),
    recorded_at DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    batch_month UInt32 CODEC(ZSTD(1)),
    topic_id LowCardinality(String) CODEC(ZSTD(1)),
    partition UInt16 CODEC(ZSTD(1)),
    offset UInt64 CODEC(T64, ZSTD(1)),
    batch_first UInt64 CODEC(ZSTD(1)),
    batch_span UInt32 CODEC(ZSTD(1)),
    batch_count UInt32 CODEC(ZSTD(1)),
    PROJECTION by_day (SELECT day, count(), sum(cityHash64(digest, offset)), max(recorded_at) GROUP BY day),
    PROJECTION by_delivery (SELECT delivery, day, count() GROUP BY delivery, day)
)
ENGINE = MergeTree
PARTITION BY batch_month
ORDER BY (account, bank_reference, compensation_reference)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS registry_fact
(
    kind LowCardinality(String),
    effective_from Date32,
    market Nullable(String),
    stall Nullable(String),
    vendor Nullable(String),
    account Nullable(String),
    qr Nullable(String),
    team Nullable(String),
    name Nullable(String),
    market_kind Nullable(String),
    product Nullable(String),
    area Nullable(String),
    account_last4 Nullable(String),
    bank_bin Nullable(String),
    stall_count Nullable(Int64),
    open Nullable(Bool),
    amount_vnd Nullable(Int64),
    tender Nullable(String),
    payment_count Nullable(Int64),
    rail_class Nullable(String),
    note Nullable(String),
    time DateTime64(3, 'UTC'),
    source LowCardinality(String),
    source_transaction_id String,
    digest FixedString(16) CODEC(NONE),
    recorded_at DateTime64(3, 'UTC'),
    batch_month UInt32,
    topic_id LowCardinality(String),
    partition UInt16,
    offset UInt64,
    batch_first UInt64,
    batch_span UInt32,
    batch_count UInt32
)
ENGINE = MergeTree
PARTITION BY batch_month
ORDER BY (kind, effective_from)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- What each delivery said as a whole, and which were taken back. A row is one admitted statement.

CREATE TABLE IF NOT EXISTS delivery_fact
(
    kind LowCardinality(String),
    delivery String,
    name Nullable(String),
    sha256 Nullable(String),
    byte_count Nullable(Int64),
    line_count Nullable(Int64),
    profile Nullable(String),
    profile_sha256 Nullable(String),
    reader Nullable(String),
    market Nullable(String),
    first_day Nullable(Date32),
    last_day Nullable(Date32),
    opening_vnd Nullable(Int64),
    closing_vnd Nullable(Int64),
    accounts Array(String),
    outcomes Array(Tuple(outcome String, reason Nullable(String), row_count Int64, line_count Int64, in_vnd Int64, out_vnd Int64, change_vnd Int64, unread_count Int64)),
    who Nullable(String),
    why Nullable(String),
    time DateTime64(3, 'UTC'),
    source LowCardinality(String),
    source_transaction_id String,
    digest FixedString(16) CODEC(NONE),
    recorded_at DateTime64(3, 'UTC'),
    batch_month UInt32,
    topic_id LowCardinality(String),
    partition UInt16,
    offset UInt64,
    batch_first UInt64,
    batch_span UInt32,
    batch_count UInt32
)
ENGINE = MergeTree
PARTITION BY batch_month
ORDER BY (delivery, kind)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- What was retracted, and when? A row is one retraction; the set only grows. What is merged leaves out the evidence of these deliveries:
-- evidence that another delivery tells too, holds.

CREATE OR REPLACE VIEW retraction AS
SELECT delivery, recorded_at FROM delivery_fact WHERE kind = 'retracted';

-- Which logs were ever read? A topic that is re-created gets another id and is another log.
-- A row is one log, written by the sink just before it stores the first record; a repeated row is harmless.

CREATE TABLE IF NOT EXISTS topic_log
(
    topic_id String,
    topic String,
    shape LowCardinality(String),
    seen_at DateTime64(3, 'UTC'),
    seal UInt64 DEFAULT cityHash64(topic_id, topic, shape, seen_at)  -- of this row: a later change shows
)
ENGINE = MergeTree
ORDER BY (topic, seen_at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- With which key were account numbers made tokens? A row is the key's fingerprint (choso/token_key.py), written before
-- the first token is sent; a repeated row is harmless.

CREATE TABLE IF NOT EXISTS token_key
(
    fingerprint String,
    seen_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY fingerprint
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- What is not evidence: coordinates, bytes and reason. There is no other place for poison.

CREATE TABLE IF NOT EXISTS rejected
(
    shape LowCardinality(String),  -- payment, registry or delivery: through which door it goes again
    topic_id LowCardinality(String),
    partition UInt16,
    offset UInt64,
    batch_first UInt64,
    batch_span UInt32,
    batch_count UInt32,
    batch_month UInt32,
    recorded_at DateTime64(3, 'UTC'),
    reason LowCardinality(String),
    body String CODEC(ZSTD(1)),
    delivery LowCardinality(String),
    digest FixedString(16)
)
ENGINE = MergeTree
PARTITION BY batch_month
ORDER BY (topic_id, partition, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- What was ever rejected, why, and was it admitted since, by a rule that was mended? A row is one record of the log: that
-- of its latest verdict, for rows of one record keep the order of their insertion, by the part's first block and then by
-- their place in the part. (A record that was stored with two contents is two rows; `verify` tells.)

CREATE OR REPLACE VIEW rejection AS
SELECT
    r.shape AS shape, r.topic_id AS topic_id, r.partition AS partition, r.offset AS offset, r.recorded_at AS recorded_at, r.digest AS digest,
    argMax((r.reason, r.batch_first, r.batch_span, r.batch_count, r.batch_month),
        (toUInt64(splitByChar('_', r._part)[2]), r._part_offset)) AS latest,
    latest.1 AS reason, latest.2 AS batch_first, latest.3 AS batch_span, latest.4 AS batch_count, latest.5 AS batch_month,
    any(r.body) AS body,
    max(r.delivery) AS delivery,
    (topic_id, partition, offset) NOT IN (
        SELECT topic_id, partition, offset FROM evidence WHERE offset IN (SELECT offset FROM rejected)
        UNION ALL
        SELECT topic_id, partition, offset FROM compensation WHERE offset IN (SELECT offset FROM rejected)
        UNION ALL
        SELECT topic_id, partition, offset FROM registry_fact WHERE offset IN (SELECT offset FROM rejected)
        UNION ALL
        SELECT topic_id, partition, offset FROM delivery_fact WHERE offset IN (SELECT offset FROM rejected)) AS is_open
FROM rejected AS r
GROUP BY shape, topic_id, partition, offset, recorded_at, digest;

-- What is rejected? Whoever counts or lists what was not admitted reads this. A row is one record of the log.

CREATE OR REPLACE VIEW open_rejection AS
SELECT * EXCEPT (latest, is_open)
FROM rejection
WHERE is_open;

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

-- Is a stored row still what was said? Each view writes the body again from the columns of its table; a row
-- whose `sipHash128(body)` is not `digest` was altered. A row is a row of that table.
-- The settings stand in the views, so that the bytes are the same whoever asks.

CREATE OR REPLACE VIEW evidence_body AS
SELECT
    topic_id, partition, offset, day, account, bank_reference, digest,
    toJSONString(CAST((
        '1.0', choso_event_id(source, source_transaction_id, toString(kind)), source, concat('vn.choso.payment.', toString(kind), '.v1'), time,
        (source_transaction_id, lower(hex(account)), bank_reference, NULL, amount_vnd, 'VND', toString(time_precision), toString(rail_class),
         lower(hex(virtual_account)), stall_code, lower(hex(payer_token)), balance_after_vnd, text)),
        'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, account String, bank_reference String, compensation_reference Nullable(String), amount_vnd Int64, currency String, time_precision String, rail_class String, virtual_account Nullable(String), stall_code Nullable(String), payer_token Nullable(String), balance_after_vnd Nullable(Int64), text Nullable(String)))')) AS body
FROM evidence
SETTINGS date_time_output_format = 'iso', output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

CREATE OR REPLACE VIEW compensation_body AS
SELECT
    topic_id, partition, offset, day, account, bank_reference, digest,
    toJSONString(CAST((
        '1.0', choso_event_id(source, source_transaction_id, toString(kind)), source, concat('vn.choso.payment.', toString(kind), '.v1'), time,
        (source_transaction_id, lower(hex(account)), bank_reference, compensation_reference, amount_vnd, 'VND', toString(time_precision), toString(rail_class),
         lower(hex(virtual_account)), stall_code, lower(hex(payer_token)), balance_after_vnd, text)),
        'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, account String, bank_reference String, compensation_reference Nullable(String), amount_vnd Int64, currency String, time_precision String, rail_class String, virtual_account Nullable(String), stall_code Nullable(String), payer_token Nullable(String), balance_after_vnd Nullable(Int64), text Nullable(String)))')) AS body
FROM compensation
SETTINGS date_time_output_format = 'iso', output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

-- `day` is `effective_from`; an account that is not named is 16 zero bytes, as is the bank reference ''.

CREATE OR REPLACE VIEW registry_body AS
SELECT
    topic_id, partition, offset, toDate(effective_from) AS day,
    toFixedString(unhex(coalesce(registry_fact.account, '')), 16) AS account, '' AS bank_reference, digest,
    toJSONString(CAST((
        '1.0', choso_event_id(source, source_transaction_id, kind), source, concat('vn.choso.registry.', kind, '.v1'), time,
        (source_transaction_id, effective_from, market, stall, vendor, registry_fact.account, qr, team, name, market_kind, product, area,
         account_last4, bank_bin, stall_count, open, amount_vnd, tender, payment_count, rail_class, note)),
        'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, effective_from Date32, market Nullable(String), stall Nullable(String), vendor Nullable(String), account Nullable(String), qr Nullable(String), team Nullable(String), name Nullable(String), market_kind Nullable(String), product Nullable(String), area Nullable(String), account_last4 Nullable(String), bank_bin Nullable(String), stall_count Nullable(Int64), open Nullable(Bool), amount_vnd Nullable(Int64), tender Nullable(String), payment_count Nullable(Int64), rail_class Nullable(String), note Nullable(String)))')) AS body
FROM registry_fact
SETTINGS date_time_output_format = 'iso', output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

-- `day` is that of `time`; of a delivery no one account.

CREATE OR REPLACE VIEW delivery_body AS
SELECT
    topic_id, partition, offset, toDate(time, 'Asia/Ho_Chi_Minh') AS day, toFixedString('', 16) AS account, '' AS bank_reference, digest,
    toJSONString(CAST((
        '1.0', choso_event_id(source, source_transaction_id, kind), source, concat('vn.choso.delivery.', kind, '.v1'), time,
        (source_transaction_id, delivery, name, sha256, byte_count, line_count, profile, profile_sha256, reader, market, first_day, last_day,
         opening_vnd, closing_vnd, accounts, outcomes, who, why)),
        'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, delivery String, name Nullable(String), sha256 Nullable(String), byte_count Nullable(Int64), line_count Nullable(Int64), profile Nullable(String), profile_sha256 Nullable(String), reader Nullable(String), market Nullable(String), first_day Nullable(Date32), last_day Nullable(Date32), opening_vnd Nullable(Int64), closing_vnd Nullable(Int64), accounts Array(String), outcomes Array(Tuple(outcome String, reason Nullable(String), row_count Int64, line_count Int64, in_vnd Int64, out_vnd Int64, change_vnd Int64, unread_count Int64)), who Nullable(String), why Nullable(String)))')) AS body
FROM delivery_fact
SETTINGS date_time_output_format = 'iso', output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

-- Where is what of the log? A row is a stored record, in whichever table it lies, with its coordinates, the batch
-- that it was landed in, and the hash of its bytes.

CREATE OR REPLACE VIEW stored_record AS
SELECT 'evidence' AS table, topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM evidence
UNION ALL
SELECT 'compensation', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM compensation
UNION ALL
SELECT 'registry_fact', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM registry_fact
UNION ALL
SELECT 'delivery_fact', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM delivery_fact
UNION ALL
SELECT 'rejected', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM rejected;

-- What are its bytes? A row is a stored record, its bytes written again.

CREATE OR REPLACE VIEW stored_body AS
SELECT 'evidence' AS table, topic_id, partition, offset, digest, body FROM evidence_body
UNION ALL
SELECT 'compensation', topic_id, partition, offset, digest, body FROM compensation_body
UNION ALL
SELECT 'registry_fact', topic_id, partition, offset, digest, body FROM registry_body
UNION ALL
SELECT 'delivery_fact', topic_id, partition, offset, digest, body FROM delivery_body
UNION ALL
SELECT 'rejected', topic_id, partition, offset, digest, body FROM rejected;

-- Which facts were told in ways that contradict each other? A row is one event id that came with several amounts or names several
-- payments. All stay; these payments count as conflicts. First the few hashes that came with two digests, then what they are.
-- The search of all evidence spills to disk rather than outgrow the store's memory.

CREATE OR REPLACE VIEW conflict_event AS
WITH
    told AS (
        SELECT source, source_transaction_id, toString(kind) AS kind, account, bank_reference, '' AS compensation_reference,
            if(kind = 'failed', 0, amount_vnd) AS amount_vnd, digest, recorded_at
        FROM evidence
        WHERE delivery NOT IN (SELECT delivery FROM retraction)
        UNION ALL
        SELECT source, source_transaction_id, toString(kind), account, bank_reference, compensation_reference,
            amount_vnd, digest, recorded_at
        FROM compensation
        WHERE delivery NOT IN (SELECT delivery FROM retraction)),
    suspect AS (
        SELECT sipHash64(source, source_transaction_id, kind) AS event_hash
        FROM told
        GROUP BY event_hash
        HAVING min(digest) != max(digest))
SELECT
    choso_event_id(source, source_transaction_id, kind) AS event_id,
    source,
    source_transaction_id,
    kind,
    uniqExact(account, bank_reference, compensation_reference, amount_vnd) AS content_count,
    min(recorded_at) AS recorded_first_at,
    arraySort(groupUniqArray((lower(hex(account)), bank_reference))) AS payments  -- (account token, bank reference)
FROM told
WHERE sipHash64(source, source_transaction_id, kind) IN (SELECT event_hash FROM suspect)
GROUP BY source, source_transaction_id, kind
HAVING content_count > 1
SETTINGS max_bytes_before_external_group_by = 268435456;

-- What was told, and of what? A row is a stored event with a hash of its id (48 bits: one more of the same hash costs a
-- look, no error) and one of what it names: a payment, or what was given back of one (else compensation_reference is '').
-- `part` is where the row lies.

CREATE OR REPLACE VIEW told_event AS
SELECT
    bitShiftRight(sipHash64(source, source_transaction_id, toString(evidence.kind)), 16) AS event_hash,
    toUInt32(payment_hash) AS named,
    day, payment_hash, account, bank_reference, '' AS compensation_reference,
    source, source_transaction_id, toString(evidence.kind) AS kind, delivery, recorded_at, concat('evidence ', _part) AS part
FROM evidence
UNION ALL
SELECT
    bitShiftRight(sipHash64(source, source_transaction_id, toString(kind)), 16),
    toUInt32(cityHash64(payment_hash, compensation_reference)),
    day, payment_hash, account, bank_reference, compensation_reference,
    source, source_transaction_id, toString(kind), delivery, recorded_at, concat('compensation ', _part)
FROM compensation;

-- Which events name several payments, as all evidence that names one of these {days} says (of none: all evidence)? A row
-- is a claim: such an event with a payment, or with what was given back of one, that it names on a day in a delivery, and when
-- that was first recorded.

CREATE OR REPLACE VIEW contested_event AS
SELECT
    claim.1 AS day, claim.2 AS payment_hash, claim.3 AS account, claim.4 AS bank_reference, claim.5 AS compensation_reference,
    event_hash, source, source_transaction_id, kind, claim.6 AS delivery, claim.7 AS recorded_at, event_days
FROM (
    SELECT
        event_hash, source, source_transaction_id, kind,
        groupArray((day, payment_hash, account, bank_reference, compensation_reference, delivery, first_at)) AS claims,
        groupUniqArray(day) AS event_days
    FROM (
        SELECT
            event_hash, source, source_transaction_id, kind, day, payment_hash, account, bank_reference, compensation_reference,
            delivery, min(told_event.recorded_at) AS first_at
        FROM told_event
        WHERE empty({days:Array(Date)}) OR day IN {days:Array(Date)}
        GROUP BY event_hash, source, source_transaction_id, kind, day, payment_hash, account, bank_reference, compensation_reference, delivery)
    GROUP BY event_hash, source, source_transaction_id, kind
    HAVING uniqExact(account, bank_reference, compensation_reference) > 1)
ARRAY JOIN claims AS claim;

-- Which events were looked at by the fold, and what do they name on which day? Found by their hash, so that a new one is
-- compared with all of the past at the cost of a few rows. A day that was folded has all its events here.

CREATE TABLE IF NOT EXISTS event_seen
(
    event_hash UInt64 CODEC(Delta(8), ZSTD(1)),
    named UInt32 CODEC(NONE),
    day Date CODEC(ZSTD(1))
)
ENGINE = ReplacingMergeTree
ORDER BY (event_hash, named, day)
SETTINGS index_granularity = 256, fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- Which of them name several payments? A row is a claim as in contested_event, written by the fold; a repeated row is harmless, and of
-- several `recorded_at` the earliest holds. That
-- it stands here says nothing yet: what was not recorded by then, or was retracted, claims nothing.

CREATE TABLE IF NOT EXISTS event_conflict
(
    day Date,
    payment_hash UInt64,
    account FixedString(16),
    bank_reference String,
    compensation_reference String,
    source LowCardinality(String),
    source_transaction_id String,
    kind LowCardinality(String),
    delivery LowCardinality(String),
    recorded_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
ORDER BY (day, payment_hash)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- Which payments are named by an event that names others too, as known at {known_at}? A row is a payment, or what was given back of
-- one; it may come several times.

CREATE OR REPLACE VIEW contested_payment AS
SELECT claim.1 AS account, claim.2 AS bank_reference, claim.3 AS compensation_reference
FROM (
    SELECT groupUniqArray((account, bank_reference, compensation_reference)) AS claims
    FROM event_conflict
    WHERE recorded_at <= {known_at:DateTime64(3)}
        AND delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)})
    GROUP BY source, source_transaction_id, kind
    HAVING length(claims) > 1)
ARRAY JOIN claims AS claim;

-- What was paid? A row is one payment, merged from all evidence about it, as known at {known_at}.
-- The merge is a join of fields: only idempotent, commutative aggregates, so that repeating, reordering or splitting the
-- evidence changes nothing, and what a report does not say (null, or an unknown rail) takes nothing from what others say.
-- It is contradicted by another amount, by cash where others tell a credit, and by an event that names other payments too;
-- by nothing else. What failed moved nothing: it says no amount, and gives way to whatever settled.
-- Of several values of any other field one holds by the `rank` of who says it: settled before failed, then the names of the source and
-- of its transaction, and of one event told differently the telling that the log had first. No telling's rank follows from
-- what else it says, so that one event told in parts counts as if it was told whole.
-- What a delivery told that was retracted by then is left out: it was never told.
-- The payments are those that any evidence names on a day from {first_day} to {last_day}; their evidence is
-- looked for in those days' weeks and {window_days} days around these, so that a day gives the same whether it
-- is asked alone or with its week. `payment_hash` only narrows the search: two payments that share it are told
-- apart by the grouping.

CREATE OR REPLACE VIEW payment AS
WITH (kind = 'failed', source, source_transaction_id, recorded_at, partition, offset) AS rank
SELECT
    account,
    bank_reference,
    any(evidence.payment_hash) AS payment_hash,
    groupBitOr(toUInt8(kind)) AS kinds,
    min(choso_time_key(kind = 'failed', time_precision, time)) AS time_key,
    fromUnixTimestamp64Milli(toInt64(bitAnd(time_key, 562949953421311)), 'UTC') AS occurred_at,
    toDate(occurred_at, 'Asia/Ho_Chi_Minh') AS payment_day,
    arraySort(groupUniqArray(evidence.day)) AS days_named,
    minIf(evidence.amount_vnd, kind != 'failed') AS amount_vnd,
    maxIf(evidence.amount_vnd, kind != 'failed') AS amount_vnd_max,
    min(evidence.rail_class) AS rail_class,  -- the one that says most: 'unknown' is the last
    argMin(evidence.virtual_account, rank) AS virtual_account,
    argMin(evidence.stall_code, rank) AS stall_code,
    argMin(evidence.payer_token, rank) AS payer_token,
    (account, bank_reference) IN (
        SELECT account, bank_reference FROM contested_payment(known_at = {known_at:DateTime64(3)})
        WHERE compensation_reference = '') AS contested,
    min(evidence.recorded_at) AS recorded_first_at,
    multiIf(contested OR amount_vnd != amount_vnd_max OR bitAnd(kinds, 3) = 3, 'conflict',
            bitAnd(kinds, 3) != 0, 'settled', 'failed') AS status
FROM evidence
WHERE evidence.day BETWEEN toMonday({first_day:Date}) - {window_days:UInt16} AND toMonday({last_day:Date}) + 6 + {window_days:UInt16}
    AND evidence.recorded_at <= {known_at:DateTime64(3)}
    AND evidence.delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)})
    AND evidence.payment_hash IN (
        SELECT payment_hash FROM evidence
        WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)})
GROUP BY account, bank_reference
HAVING arrayExists(d -> d BETWEEN {first_day:Date} AND {last_day:Date}, days_named);

-- What was given back? A row is one refund or reversal, merged from all evidence about it. `fingerprint`
-- is equal for equal merged content, whoever asks. `payment_hash` follows from account and bank_reference, and stands
-- among the keys so that whoever asks for some payments merges only theirs.

CREATE OR REPLACE VIEW payment_compensation AS
WITH (source, source_transaction_id, recorded_at, partition, offset) AS rank
SELECT
    account,
    bank_reference,
    compensation_reference,
    payment_hash,
    groupBitOr(toUInt8(kind)) AS kinds,
    min(choso_time_key(false, time_precision, time)) AS time_key,
    toDate(fromUnixTimestamp64Milli(toInt64(bitAnd(time_key, 562949953421311)), 'UTC'), 'Asia/Ho_Chi_Minh') AS compensation_day,
    arraySort(groupUniqArray(compensation.day)) AS days_named,
    min(compensation.amount_vnd) AS amount_vnd,
    max(compensation.amount_vnd) AS amount_vnd_max,
    argMin(compensation.virtual_account, rank) AS virtual_account,
    argMin(compensation.stall_code, rank) AS stall_code,
    (account, bank_reference, compensation_reference) IN (
        SELECT account, bank_reference, compensation_reference FROM contested_payment(known_at = {known_at:DateTime64(3)})) AS contested,
    contested OR amount_vnd != amount_vnd_max OR kinds = 24 AS is_conflict,
    if(is_conflict, 'conflict', 'refund') AS measure,  -- what it is counted as, on its own day
    cityHash64(account, bank_reference, compensation_reference, kinds, time_key, days_named, amount_vnd,
        amount_vnd_max, is_conflict) AS fingerprint
FROM compensation
WHERE compensation.recorded_at <= {known_at:DateTime64(3)}
    AND compensation.delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)})
GROUP BY account, bank_reference, compensation_reference, payment_hash;

-- What is each payment counted as? The one home of what a valid payment is: the fold, figures as known at a time, `verify`
-- and `choso payment show` take `measure` from here, metrics and views for BI tools from what is folded of it. A row is a
-- payment (see there) with its measure, which is the first of these that holds:
--   failed    nothing settled
--   conflict  evidence contradicts itself about it, or about what was given back of it
--   cash      a cash sale that was reported, and no credit
--   reversed  it was given back whole
--   small     it is of less than {amount_vnd_min}
--   payment   else: it is valid
-- `given_back` are its refunds and reversals, each with the days that its evidence names and its fingerprint.

CREATE OR REPLACE VIEW counted_payment AS
SELECT
    p.*,
    multiIf(p.status = 'failed', 'failed',
            p.status = 'conflict' OR g.is_conflict, 'conflict',
            bitAnd(p.kinds, 1) = 0, 'cash',
            g.is_reversed != 0 OR (g.refunded_vnd > 0 AND g.refunded_vnd >= p.amount_vnd), 'reversed',
            p.amount_vnd < {amount_vnd_min:Int64}, 'small',
            'payment') AS measure,
    g.given_back AS given_back
FROM payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16},
             known_at = {known_at:DateTime64(3)}) AS p
LEFT JOIN (
    SELECT account, bank_reference,
        sum(toInt128(amount_vnd)) AS refunded_vnd,
        max(bitAnd(kinds, 16)) AS is_reversed,
        max(is_conflict) AS is_conflict,
        groupArray((days_named, fingerprint)) AS given_back
    FROM payment_compensation(known_at = {known_at:DateTime64(3)})
    WHERE payment_hash IN (
        SELECT payment_hash FROM evidence
        WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)})
    GROUP BY account, bank_reference) AS g
    ON p.account = g.account AND p.bank_reference = g.bank_reference;

-- What was stated of the registry, and which of two statements is the later one? A row is a fact as it stands in the log. Of two
-- of one subject for one day that of the greater `rank` holds: the one stated later, of those stated at one time the one that the
-- log has later, whatever they say. To state a fact again makes it the latest again. A topic that was created anew is a
-- later log than the one before.

CREATE OR REPLACE VIEW registry_statement AS
SELECT f.*, (f.time, log.began_at, f.topic_id, f.offset, f.partition) AS rank
FROM registry_fact AS f
INNER JOIN (SELECT topic_id, min(recorded_at) AS began_at FROM registry_fact GROUP BY topic_id) AS log ON log.topic_id = f.topic_id;

-- Whose account is it? A row is one interval of days in which an account (or a stall's code) belongs to one
-- vendor in one market, as the registry was known at {known_at}.

CREATE OR REPLACE VIEW registry_link AS
WITH
    winners AS (
        SELECT
            if(r.kind = 'vendor', 'stall_code', 'account') AS method,
            assumeNotNull(if(r.kind = 'vendor', r.stall, r.account)) AS key,
            r.effective_from AS effective_from,
            argMax((r.kind, coalesce(r.market, ''), coalesce(r.vendor, ''), coalesce(r.stall, '')), r.rank) AS fact
        FROM registry_statement AS r
        WHERE (r.kind IN ('account_linked', 'account_unlinked') OR (r.kind = 'vendor' AND r.stall IS NOT NULL))
            AND r.recorded_at <= {known_at:DateTime64(3)}
        GROUP BY method, key, effective_from),
    intervals AS (
        SELECT
            method, key, fact, effective_from,
            leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
                PARTITION BY method, key ORDER BY effective_from
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
        FROM winners)
SELECT method, key, fact.2 AS market, fact.3 AS vendor, fact.4 AS stall, effective_from, effective_to
FROM intervals
WHERE fact.1 != 'account_unlinked';

-- What is this market? A row is one interval of days in which a market has one name and kind, as the registry
-- was known at {known_at}.

CREATE OR REPLACE VIEW registry_market AS
SELECT market, fact.1 AS name, fact.2 AS market_kind, fact.3 AS area, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY market ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT assumeNotNull(r.market) AS market, r.effective_from AS effective_from,
        argMax((coalesce(r.name, ''), coalesce(r.market_kind, ''), coalesce(r.area, '')), r.rank) AS fact
    FROM registry_statement AS r
    WHERE r.kind = 'market' AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY market, effective_from);

-- What is this stall? A row is one interval of days in which a stall has one name, product and area (a ward, or
-- a row of stalls).

CREATE OR REPLACE VIEW registry_stall AS
SELECT market, stall, fact.1 AS name, fact.2 AS product, fact.3 AS area, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY market, stall ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT assumeNotNull(r.market) AS market, assumeNotNull(r.stall) AS stall, r.effective_from AS effective_from,
        argMax((coalesce(r.name, ''), coalesce(r.product, ''), coalesce(r.area, '')), r.rank) AS fact
    FROM registry_statement AS r
    WHERE r.kind = 'stall' AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY market, stall, effective_from);

-- What is this vendor called, and what does he sell? A row is one interval of days, as for markets.

CREATE OR REPLACE VIEW registry_vendor AS
SELECT vendor, fact.1 AS name, fact.2 AS product, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY vendor ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT assumeNotNull(r.vendor) AS vendor, r.effective_from AS effective_from,
        argMax((coalesce(r.name, ''), coalesce(r.product, '')), r.rank) AS fact
    FROM registry_statement AS r
    WHERE r.kind = 'vendor' AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY vendor, effective_from);

-- How many stalls were counted? A row is one interval of days between two censuses of a market.

CREATE OR REPLACE VIEW registry_census AS
SELECT market, stall_count, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY market ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT assumeNotNull(r.market) AS market, r.effective_from AS effective_from, argMax(assumeNotNull(r.stall_count), r.rank) AS stall_count
    FROM registry_statement AS r
    WHERE r.kind = 'census_taken' AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY market, effective_from);

-- Was the market open? A row is a day of a market that the calendar names; other days are open.

CREATE OR REPLACE VIEW registry_trading_day AS
SELECT assumeNotNull(r.market) AS market, toDate(r.effective_from) AS day, argMax(assumeNotNull(r.open), r.rank) AS is_open
FROM registry_statement AS r
WHERE r.kind = 'trading_day' AND r.vendor IS NULL AND r.recorded_at <= {known_at:DateTime64(3)}
GROUP BY market, day;

-- Was the vendor there? A row is a day of a vendor in a market that somebody wrote down; on other days he is
-- taken to be there.

CREATE OR REPLACE VIEW registry_absence AS
SELECT assumeNotNull(r.market) AS market, assumeNotNull(r.vendor) AS vendor, toDate(r.effective_from) AS day,
    argMax(assumeNotNull(r.open), r.rank) AS is_present
FROM registry_statement AS r
WHERE r.kind = 'trading_day' AND r.vendor IS NOT NULL AND r.recorded_at <= {known_at:DateTime64(3)}
GROUP BY market, vendor, day;

-- Which codes hang where? A row is one QR code from its issue until it was revoked (or issued again).

CREATE OR REPLACE VIEW registry_qr AS
SELECT qr, fact.2 AS market, fact.3 AS stall, fact.4 AS vendor, fact.5 AS account, issued_on, revoked_on
FROM (
    SELECT qr, fact, effective_from AS issued_on,
        leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
            PARTITION BY qr ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS revoked_on
    FROM (
        SELECT assumeNotNull(r.qr) AS qr, r.effective_from AS effective_from,
            argMax((r.kind, coalesce(r.market, ''), coalesce(r.stall, ''), coalesce(r.vendor, ''), coalesce(r.account, '')), r.rank) AS fact
        FROM registry_statement AS r
        WHERE r.kind IN ('qr_issued', 'qr_revoked') AND r.recorded_at <= {known_at:DateTime64(3)}
        GROUP BY qr, effective_from))
WHERE fact.1 = 'qr_issued';

-- Who was visited? A row is one visit of a digital team, told once or several times.

CREATE OR REPLACE VIEW registry_visit AS
SELECT toDate(r.effective_from) AS day, assumeNotNull(r.market) AS market, assumeNotNull(r.team) AS team,
    coalesce(r.stall, '') AS stall, coalesce(r.vendor, '') AS vendor, min(r.recorded_at) AS recorded_first_at
FROM registry_fact AS r
WHERE r.kind = 'team_visit' AND r.recorded_at <= {known_at:DateTime64(3)}
GROUP BY ALL;

-- Which market fees are owed, and how were they paid? A row is one fee of a stall for one month (its first day).
-- What was paid is stated as the sum so far, so the latest statement for each tender stands. A fee that was
-- paid though nobody said that it is due has due_vnd NULL.

CREATE OR REPLACE VIEW registry_fee AS
SELECT s.market AS market, s.stall AS stall, s.month AS month, s.fee AS fee,
    anyIf(toNullable(s.amount_vnd), s.kind = 'fee_due') AS due_vnd,
    toInt128(sumIf(s.amount_vnd, s.kind = 'fee_paid' AND s.tender = 'cashless')) AS paid_cashless_vnd,
    toInt128(sumIf(s.amount_vnd, s.kind = 'fee_paid' AND s.tender = 'cash')) AS paid_cash_vnd
FROM (
    SELECT r.kind AS kind, assumeNotNull(r.market) AS market, assumeNotNull(r.stall) AS stall,
        toStartOfMonth(toDate(r.effective_from)) AS month, coalesce(r.note, '') AS fee, coalesce(r.tender, '') AS tender,
        argMax(assumeNotNull(r.amount_vnd), r.rank) AS amount_vnd
    FROM registry_statement AS r
    WHERE r.kind IN ('fee_due', 'fee_paid') AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY kind, market, stall, month, fee, tender) AS s
GROUP BY market, stall, month, fee;

-- What do acquirers and fee offices say of whole markets? A row is one week (its Monday) of a market, as one
-- reporter last stated it for one kind of rail, known at {known_at}. Never evidence of payments: stalls that send
-- no events are seen here alone.

CREATE OR REPLACE VIEW registry_total AS
SELECT assumeNotNull(r.market) AS market, toDate(r.effective_from) AS week, assumeNotNull(r.name) AS reported_by,
    assumeNotNull(r.rail_class) AS rail_class,
    argMax((assumeNotNull(r.payment_count), assumeNotNull(r.amount_vnd), toString(r.source)), r.rank) AS stated,
    stated.1 AS payment_count, stated.2 AS amount_vnd, stated.3 AS source
FROM registry_statement AS r
WHERE r.kind = 'market_total' AND r.recorded_at <= {known_at:DateTime64(3)}
GROUP BY market, week, reported_by, rail_class;

-- Which plans of evaluations does the log know? A row is the hash of a plan under the plan's id, and when the log
-- first recorded it.

CREATE OR REPLACE VIEW registry_evaluation AS
SELECT assumeNotNull(r.name) AS plan, assumeNotNull(r.note) AS digest, min(r.recorded_at) AS recorded_first_at
FROM registry_fact AS r
WHERE r.kind = 'evaluation_registered'
GROUP BY plan, digest;

-- Which evidence belongs to which delivery? A row is one stored piece of evidence that names its delivery, by its
-- coordinates; two deliveries that tell one fact are two rows.

CREATE OR REPLACE VIEW delivery_evidence AS
SELECT
    delivery, 'evidence' AS table, topic_id, partition, offset, day, account, bank_reference, '' AS compensation_reference,
    source, source_transaction_id, toString(evidence.kind) AS kind, amount_vnd, recorded_at
FROM evidence
WHERE delivery != ''
UNION ALL
SELECT
    delivery, 'compensation', topic_id, partition, offset, day, account, bank_reference, compensation_reference,
    source, source_transaction_id, toString(compensation.kind), amount_vnd, recorded_at
FROM compensation
WHERE delivery != '';

-- Which deliveries were taken back, as known at {known_at}? A row is one delivery, with the first retraction of it; the set only grows.

CREATE OR REPLACE VIEW retracted_delivery AS
SELECT
    delivery,
    min(recorded_at) AS retracted_at,
    argMin((assumeNotNull(who), assumeNotNull(why)), (recorded_at, offset)) AS said,
    said.1 AS retracted_by,
    said.2 AS retracted_why
FROM delivery_fact
WHERE kind = 'retracted' AND recorded_at <= {known_at:DateTime64(3)}
GROUP BY delivery;

-- What did each delivery say of itself, as known at {known_at}? A row is one delivery; told again by another reading of the same
-- file, the later statement holds.

CREATE OR REPLACE VIEW delivery AS
SELECT
    d.delivery AS delivery,
    min(d.recorded_at) AS delivered_at,
    argMax((d.source, d.name, d.sha256, d.byte_count, d.line_count, d.profile, d.reader, d.market, d.first_day, d.last_day, d.opening_vnd,
        d.closing_vnd, d.accounts, d.outcomes), (d.recorded_at, d.offset)) AS said,
    said.1 AS source, said.2 AS name, said.3 AS sha256, said.4 AS byte_count, said.5 AS line_count, said.6 AS profile, said.7 AS reader,
    said.8 AS market, said.9 AS first_day, said.10 AS last_day, said.11 AS opening_vnd, said.12 AS closing_vnd, said.13 AS accounts,
    said.14 AS outcomes
FROM delivery_fact AS d
WHERE d.kind = 'delivered' AND d.recorded_at <= {known_at:DateTime64(3)}
GROUP BY d.delivery;

-- What was folded. A partition is one week and is replaced whole: figures for vendors and markets, what was
-- reported, and the state that all was folded from, become visible together. Unattributed has market ''.

CREATE TABLE IF NOT EXISTS day_fold
(
    day Date,
    row_kind Enum8('vendor' = 1, 'market' = 2, 'state' = 3, 'reports' = 4),
    market LowCardinality(String),
    vendor String,
    payment_count UInt64,         -- valid payments: settled, not reversed, of at least the least amount
    payment_vnd Int128,
    payer_count UInt64,           -- distinct payer tokens of those
    payerless_count UInt64,       -- those of which no source told a payer
    -- of rows of vendors only, so that figures over any days and vendors are exact:
    payers Array(UInt64) CODEC(ZSTD(1)),        -- a hash of each distinct payer token, ascending
    tickets Map(Int64, UInt32) CODEC(ZSTD(1)),  -- amount in đồng → how many valid payments
    cash_count UInt64,            -- cash sales that were reported
    cash_vnd Int128,
    refund_count UInt64,          -- refunds and reversals, booked on their own day
    refund_vnd Int128,
    reversed_count UInt64,        -- payments of the day that were given back whole
    conflict_count UInt64,        -- payments that evidence contradicts: counted nowhere else
    failed_count UInt64,
    small_count UInt64,           -- payments under the least amount
    rail_count Map(LowCardinality(String), UInt64),
    rail_vnd Map(LowCardinality(String), Int128),
    method_count Map(LowCardinality(String), UInt64),  -- how the valid payments were attributed
    paid_vendor_count UInt64,   -- vendors with a valid payment: of a vendor's row 1 or 0, of a market's their number
    first_at Nullable(DateTime64(3, 'UTC')),
    last_at Nullable(DateTime64(3, 'UTC')),
    -- of rows of kind 'reports' only: how many records name this day, whatever became of them
    source LowCardinality(String),
    report_count UInt64,          -- admitted records, each as often as it came
    duplicate_count UInt64,       -- those that said, byte for byte, what another had said
    late_count UInt64,            -- events that no record told before the end of the next local day
    -- of the row of kind 'state' only: what the figures were folded from
    evidence_count UInt64,
    evidence_hash UInt64,
    compensation_count UInt64,
    compensation_hash UInt64,
    registry_hash UInt64,
    rule_version UInt32,
    link_days Array(Date),        -- other days that share payments with this one …
    link_hashes Array(UInt64),    -- … and a hash of what they share, equal on both sides when both are fresh
    paid_hash UInt64,             -- of the vendors with a valid payment: what `vendor_bits` knows of the day
    folded_at DateTime64(3, 'UTC'),
    seal UInt64 DEFAULT cityHash64(  -- of this row: a later change shows, also of what cannot be computed again
        day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets,
        cash_count, cash_vnd, refund_count, refund_vnd, reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd,
        method_count, paid_vendor_count, ifNull(toUnixTimestamp64Milli(first_at), 0), ifNull(toUnixTimestamp64Milli(last_at), 0), source, report_count,
        duplicate_count, late_count, evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash, rule_version,
        link_days, link_hashes, paid_hash, folded_at)
)
ENGINE = MergeTree
PARTITION BY toMonday(day)
ORDER BY (row_kind, market, vendor, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- Where the fold prepares a week before it replaces that week of day_fold.

CREATE TABLE IF NOT EXISTS day_fold_staging AS day_fold;

CREATE OR REPLACE VIEW vendor_day AS
SELECT * EXCEPT (row_kind, source, report_count, duplicate_count, late_count, evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash,
    rule_version, link_days, link_hashes, paid_hash, folded_at, seal)
FROM day_fold WHERE row_kind = 'vendor';

CREATE OR REPLACE VIEW market_day AS
SELECT * EXCEPT (row_kind, vendor, source, report_count, duplicate_count, late_count, evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash,
    rule_version, link_days, link_hashes, paid_hash, folded_at, seal)
FROM day_fold WHERE row_kind = 'market';

CREATE OR REPLACE VIEW report_day AS
SELECT day, market, source, report_count, duplicate_count, late_count
FROM day_fold WHERE row_kind = 'reports';

CREATE OR REPLACE VIEW fold_state AS
SELECT day, evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash, rule_version,
    link_days, link_hashes, paid_hash, folded_at
FROM day_fold WHERE row_kind = 'state';

-- What the fold keeps beside the figures so that metrics need not compute it again: the registry as intervals, and
-- the days on which each vendor was paid as bits. Both follow from registry_fact and day_fold alone; `verify`
-- compares. `ask` is '' for what is known now; a question "as known on" puts its own rows under its own name, and
-- takes them away when it is answered.

-- A row is one interval of days [effective_from, effective_to) in which something about its subject holds:
--   market   name, market_kind, area            (registry_market)
--   census   stall_count                        (registry_census)
--   link     key → market, vendor, stall        (registry_link; name is the method: account or stall_code)
--   stall    name, product, area                (registry_stall)
--   vendor   name, product                      (registry_vendor)
--   qr       key → market, stall, vendor        (registry_qr; where it names no vendor, the stall's on the day of issue)
--   closed   days on which the market was not open, ascending            (registry_trading_day)
--   absent   days on which the vendor was marked absent, ascending       (registry_absence)
--   away     periods in which he was absent on every day on which his market was open; key is 'week' (numbers as
--            in vendor_bits) or 'month' (months since January 1970)
--   state    what the rows were made from       (fact_count, fact_hash)

CREATE TABLE IF NOT EXISTS registry_span
(
    ask String,
    shape Enum8('market' = 1, 'census' = 2, 'link' = 3, 'stall' = 4, 'vendor' = 5, 'qr' = 6, 'closed' = 7, 'absent' = 8,
                'away' = 9, 'state' = 10),
    market LowCardinality(String),
    vendor String,
    stall String,
    key String,
    name String,
    market_kind LowCardinality(String),
    product LowCardinality(String),
    area LowCardinality(String),
    stall_count Int64,
    effective_from Date32,
    effective_to Date32,
    days Array(UInt16),       -- days since 1 January 1970, or periods
    fact_count UInt64,
    fact_hash UInt64
)
ENGINE = MergeTree
PARTITION BY ask
ORDER BY (shape, market, vendor, stall, key, effective_from)
SETTINGS non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS registry_span_staging AS registry_span;

-- On which days was each vendor paid? A row is a vendor in a market in a block of 52 weeks (block 0 begins on Monday
-- 29 December 1969) in which he had a valid payment. `days` has a byte for each week and a bit for each day of it: bit 0
-- is Monday. Rows of kind 'state' say from what each week was made, so that a crash between a week of day_fold and its
-- bits leaves the week stale, never wrong for long.

CREATE TABLE IF NOT EXISTS vendor_bits
(
    ask String,
    block UInt16,
    row_kind Enum8('vendor' = 1, 'state' = 2),
    market LowCardinality(String),
    vendor String,
    days FixedString(52),
    weeks Array(UInt16),      -- of rows of kind 'state' only: weeks in which anybody was paid …
    hashes Array(UInt64)      -- … and a hash of who was, on which days
)
ENGINE = MergeTree
PARTITION BY (ask, block)
ORDER BY (row_kind, market, vendor)
SETTINGS non_replicated_deduplication_window = 0;

CREATE TABLE IF NOT EXISTS vendor_bits_staging AS vendor_bits;

-- The figures of the days from {first_day} to {last_day}, computed from evidence, as known at {known_at}. The days
-- must lie in one week: then each has the same figures whether it is asked alone or with others. A row is a vendor
-- in a market, a market, or the day itself ('state', with the days that it shares payments with). The fold stores
-- this; a figure "as known on" asks it directly; verify compares the two. Every word counts here: the store plans it
-- for longer than it then works on a small day.

CREATE OR REPLACE VIEW day_figures AS
WITH
    link AS (  -- a row for each day on which it holds
        SELECT method, key, market, vendor, arrayJoin(arrayFilter(
            d -> d >= effective_from AND d < effective_to,
            arrayMap(n -> {first_day:Date} + n, range(toUInt16({last_day:Date} - {first_day:Date} + 1))))) AS day
        FROM registry_link(known_at = {known_at:DateTime64(3)})),
    account_link AS (
        SELECT toFixedString(unhex(key), 16) AS token, day, market, vendor FROM link WHERE method = 'account'),
    stall_link AS (SELECT key, day, market, vendor FROM link WHERE method = 'stall_code'),
    payment_facts AS (  -- a row for each of those days that the payment's evidence names; measure '' but for its own
        SELECT
            p.named_day AS day,
            p.virtual_account AS virtual_account, p.account AS account, p.stall_code AS stall_code,
            if(p.payment_day = p.named_day, p.measure, '') AS measure,
            p.amount_vnd AS amount_vnd, p.rail_class AS rail_class, p.payer_token AS payer_token,
            p.occurred_at AS occurred_at,
            arrayFilter(d -> d != p.named_day, p.days_named) AS other_days,
            cityHash64(p.account, p.bank_reference, p.kinds, p.time_key, p.amount_vnd, p.amount_vnd_max, p.status,
                p.rail_class, ifNull(p.payer_token, ''), ifNull(p.virtual_account, ''), ifNull(p.stall_code, '')) AS fingerprint,
            arrayConcat(
                arrayMap(d -> (d, fingerprint), other_days),
                arrayFlatten(arrayMap(
                    c -> arrayMap(d -> (d, c.2), arrayFilter(d -> d != p.named_day, arrayDistinct(arrayConcat(c.1, p.days_named)))),
                    p.given_back))) AS links
        FROM (
            SELECT *, arrayJoin(arrayFilter(d -> d BETWEEN {first_day:Date} AND {last_day:Date}, days_named)) AS named_day
            FROM counted_payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16},
                                 known_at = {known_at:DateTime64(3)}, amount_vnd_min = {amount_vnd_min:Int64})) AS p),
    facts AS (
        SELECT day, virtual_account, account, stall_code, measure, amount_vnd, rail_class, payer_token, occurred_at, links
        FROM payment_facts
        WHERE measure != '' OR notEmpty(links)
        UNION ALL
        -- a refund or reversal counts on its own day, and touches on each day that it names the days of the payment that
        -- it gives back (where that payment names this day too, payment_facts has said so already)
        SELECT c.named_day AS day, c.virtual_account, c.account, c.stall_code,
            if(c.compensation_day = c.named_day, c.measure, '') AS measure, c.amount_vnd, 'unknown', NULL, NULL,
            if(has(o.origin_days, c.named_day), [], arrayMap(d -> (d, c.fingerprint), arrayFilter(d -> d != c.named_day,
                arrayDistinct(arrayConcat(c.days_named, o.origin_days))))) AS links
        FROM (
            SELECT *, arrayJoin(arrayFilter(d -> d BETWEEN {first_day:Date} AND {last_day:Date}, days_named)) AS named_day
            FROM payment_compensation(known_at = {known_at:DateTime64(3)})
            WHERE payment_hash IN (
                SELECT payment_hash FROM compensation
                WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)})) AS c
        LEFT JOIN (
            SELECT account, bank_reference, groupUniqArray(day) AS origin_days
            FROM evidence
            WHERE payment_hash IN (SELECT payment_hash FROM compensation WHERE day BETWEEN {first_day:Date} AND {last_day:Date})
                AND recorded_at <= {known_at:DateTime64(3)}
                AND delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)})
            GROUP BY account, bank_reference) AS o
            ON c.account = o.account AND c.bank_reference = o.bank_reference
        WHERE measure != '' OR notEmpty(links)
        UNION ALL
        -- a day without payments has a state too
        SELECT {first_day:Date} + number AS day, NULL, toFixedString('', 16), NULL, '', 0, 'unknown', NULL, NULL, []
        FROM numbers(toUInt64({last_day:Date} - {first_day:Date} + 1))),
    by_account AS (  -- summed before the joins: a tenth of the rows
        SELECT
            day, virtual_account, account, stall_code, rail_class,
            countIf(measure != '') AS fact_count,
            countIf(measure = 'payment') AS payment_count,
            sumIf(toInt128(amount_vnd), measure = 'payment') AS payment_vnd,
            countIf(measure = 'payment' AND payer_token IS NULL) AS payerless_count,
            groupUniqArrayIf(cityHash64(assumeNotNull(payer_token)), measure = 'payment' AND payer_token IS NOT NULL) AS payers,
            groupArrayIf(amount_vnd, measure = 'payment') AS amounts,
            countIf(measure = 'cash') AS cash_count,
            sumIf(toInt128(amount_vnd), measure = 'cash') AS cash_vnd,
            countIf(measure = 'refund') AS refund_count,
            sumIf(toInt128(amount_vnd), measure = 'refund') AS refund_vnd,
            countIf(measure = 'reversed') AS reversed_count,
            countIf(measure = 'conflict') AS conflict_count,
            countIf(measure = 'failed') AS failed_count,
            countIf(measure = 'small') AS small_count,
            minIf(occurred_at, measure = 'payment') AS first_at,
            maxIf(occurred_at, measure = 'payment') AS last_at,
            sumMapIf(arrayMap(l -> l.1, links), arrayMap(l -> l.2, links), notEmpty(links)) AS shared_days
        FROM facts
        GROUP BY day, virtual_account, account, stall_code, rail_class)
SELECT
    b.day AS day,
    multiIf(grouping(vendor) = 0, 'vendor', grouping(market) = 0, 'market', 'state') AS row_kind,
    choso_by_owner(va.vendor, ac.vendor, st.vendor, va.market, ac.market, st.market, '') AS market,
    choso_by_owner(va.vendor, ac.vendor, st.vendor, va.vendor, ac.vendor, st.vendor, '') AS vendor,
    sum(b.payment_count) AS payment_count,
    sum(b.payment_vnd) AS payment_vnd,
    groupUniqArrayArray(b.payers) AS all_payers,
    length(all_payers) AS payer_count,
    sum(b.payerless_count) AS payerless_count,
    arraySort(if(row_kind = 'vendor', all_payers, [])) AS payers,
    if(row_kind = 'vendor', groupArrayArray(b.amounts), []) AS amounts,
    CAST(arrayReduce('sumMap', [amounts], [arrayWithConstant(length(amounts), toUInt64(1))]), 'Map(Int64, UInt32)') AS tickets,
    sum(b.cash_count) AS cash_count,
    sum(b.cash_vnd) AS cash_vnd,
    sum(b.refund_count) AS refund_count,
    sum(b.refund_vnd) AS refund_vnd,
    sum(b.reversed_count) AS reversed_count,
    sum(b.conflict_count) AS conflict_count,
    sum(b.failed_count) AS failed_count,
    sum(b.small_count) AS small_count,
    sumMapIf(map(toString(b.rail_class), b.payment_count), b.payment_count > 0) AS rail_count,
    sumMapIf(map(toString(b.rail_class), b.payment_vnd), b.payment_count > 0) AS rail_vnd,
    sumMapIf(map(choso_by_owner(va.vendor, ac.vendor, st.vendor, 'virtual_account', 'account', 'stall_code', 'none'),
        b.payment_count), b.payment_count > 0) AS method_count,
    groupUniqArrayIf(cityHash64(market, vendor), b.payment_count > 0 AND vendor != '') AS paid_vendors,
    if(row_kind = 'state', 0, length(paid_vendors)) AS paid_vendor_count,
    min(b.first_at) AS first_at,
    max(b.last_at) AS last_at,
    sumMap(b.shared_days.1, b.shared_days.2) AS shared,
    if(row_kind = 'state', shared.1, []) AS link_days,
    if(row_kind = 'state', shared.2, []) AS link_hashes,
    if(row_kind = 'state', arraySum(paid_vendors), 0) AS paid_hash
FROM by_account AS b
LEFT ANY JOIN account_link AS va ON va.token = b.virtual_account AND va.day = b.day
LEFT ANY JOIN account_link AS ac ON ac.token = b.account AND ac.day = b.day
LEFT ANY JOIN stall_link AS st ON st.key = b.stall_code AND st.day = b.day
GROUP BY GROUPING SETS ((day, market, vendor), (day, market), (day))
HAVING row_kind = 'state' OR sum(b.fact_count) > 0;

-- What was reported about the days from {first_day} to {last_day}, as known at {known_at}? A row is a source's reports
-- of a day about a market's accounts (market '': nobody's). Counted are records that name the day themselves, so nothing but this day's own
-- evidence and the registry on it can change a row. Told apart are an account's few records by 64 bits of their hashes: whole digests take
-- twice the time.

CREATE OR REPLACE VIEW day_reports AS
WITH
    link AS (
        SELECT method, key, market, vendor, arrayJoin(arrayFilter(
            d -> d >= effective_from AND d < effective_to,
            arrayMap(n -> {first_day:Date} + n, range(toUInt16({last_day:Date} - {first_day:Date} + 1))))) AS day
        FROM registry_link(known_at = {known_at:DateTime64(3)})),
    account_link AS (SELECT toFixedString(unhex(key), 16) AS token, day, market, vendor FROM link WHERE method = 'account'),
    stall_link AS (SELECT key, day, market, vendor FROM link WHERE method = 'stall_code'),
    reports AS (
        SELECT day, virtual_account, account, stall_code, source, topic_id, partition, offset, digest, recorded_at
        FROM evidence WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)}
        UNION ALL
        SELECT day, virtual_account, account, stall_code, source, topic_id, partition, offset, digest, recorded_at
        FROM compensation WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)}),
    by_account AS (
        SELECT day, virtual_account, account, stall_code, source,
            uniqExact(cityHash64(topic_id, partition, offset)) AS report_count,
            uniqExact(reinterpretAsUInt64(digest)) AS event_count,
            uniqExactIf(reinterpretAsUInt64(digest), toDate(recorded_at, 'Asia/Ho_Chi_Minh') <= day + 1) AS punctual_count
        FROM reports
        GROUP BY day, virtual_account, account, stall_code, source)
SELECT
    b.day AS day,
    choso_by_owner(va.vendor, ac.vendor, st.vendor, va.market, ac.market, st.market, '') AS market,
    b.source AS source,
    sum(b.report_count) AS report_count,
    toUInt64(report_count - sum(b.event_count)) AS duplicate_count,
    toUInt64(sum(b.event_count) - sum(b.punctual_count)) AS late_count
FROM by_account AS b
LEFT ANY JOIN account_link AS va ON va.token = b.virtual_account AND va.day = b.day
LEFT ANY JOIN account_link AS ac ON ac.token = b.account AND ac.day = b.day
LEFT ANY JOIN stall_link AS st ON st.key = b.stall_code AND st.day = b.day
GROUP BY day, market, source;

-- What adoption metrics read. {ask} '' means the folded figures; anything else names figures that were computed
-- for one question "as known on" and are dropped after it, as is the registry under the same name.

CREATE TABLE IF NOT EXISTS known_day
ENGINE = MergeTree
PARTITION BY ask
ORDER BY (row_kind, market, vendor, day)
TTL asked_at + INTERVAL 1 HOUR
AS SELECT '' AS ask, now() AS asked_at, * FROM day_fold LIMIT 0;

-- A row is a vendor in a market on a day, as in vendor_day.

CREATE OR REPLACE VIEW asked_vendor_day AS
SELECT day, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd,
    refund_count, refund_vnd, reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count
FROM day_fold
WHERE {ask:String} = '' AND row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date}
UNION ALL
SELECT day, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd,
    refund_count, refund_vnd, reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count
FROM known_day
WHERE {ask:String} != '' AND ask = {ask:String} AND row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date};

-- A row is what a source reported of a market and day, as in report_day.

CREATE OR REPLACE VIEW asked_report_day AS
SELECT day, market, source, report_count, duplicate_count, late_count
FROM day_fold
WHERE {ask:String} = '' AND row_kind = 'reports' AND day BETWEEN {first_day:Date} AND {last_day:Date}
UNION ALL
SELECT day, market, source, report_count, duplicate_count, late_count
FROM known_day
WHERE {ask:String} != '' AND ask = {ask:String} AND row_kind = 'reports' AND day BETWEEN {first_day:Date} AND {last_day:Date};

-- Where does a vendor stand on a day? A row is a vendor in a market with the stall, row of stalls and product
-- that the registry last named until {on_day}. Of several stalls that one, which began last, then the greatest code.

CREATE OR REPLACE VIEW vendor_place AS
SELECT l.market AS market, l.vendor AS vendor, l.stall AS stall, s.area AS stall_row,
    if(v.product != '', v.product, s.product) AS product
FROM (
    SELECT market, vendor, argMax(stall, (stall != '', effective_from, stall)) AS stall
    FROM registry_span
    WHERE ask = {ask:String} AND shape = 'link' AND effective_from <= {on_day:Date} AND vendor != ''
    GROUP BY market, vendor) AS l
LEFT ANY JOIN (
    SELECT market, stall, product, area FROM registry_span
    WHERE ask = {ask:String} AND shape = 'stall' AND effective_from <= {on_day:Date} AND effective_to > {on_day:Date}) AS s
    ON s.market = l.market AND s.stall = l.stall
LEFT ANY JOIN (
    SELECT vendor, product FROM registry_span
    WHERE ask = {ask:String} AND shape = 'vendor' AND effective_from <= {on_day:Date} AND effective_to > {on_day:Date}) AS v
    ON v.vendor = l.vendor;

-- To which group does a vendor belong, for one question that groups by what the registry or the history says?
-- Put down for the question and dropped after it, so that questions which need none of it pay nothing for it.

CREATE TABLE IF NOT EXISTS asked_group
(
    ask String,
    asked_at DateTime,
    market String,
    vendor String,
    grp String
)
ENGINE = MergeTree
PARTITION BY ask
ORDER BY (market, vendor)
TTL asked_at + INTERVAL 1 HOUR;

-- A row is a vendor in a market on a day, with its period, its group and whether both market and vendor were there.
-- `cell_market` is the market where the group lies within one. {market_codes} are the markets that are asked for
-- (with {is_filtered} false others too), {market_kinds} and {market_closed} what each is and when it was closed.

CREATE OR REPLACE VIEW figure_day AS
SELECT
    d.day AS day, d.market AS market, d.vendor AS vendor,
    d.payment_count AS payment_count, d.payment_vnd AS payment_vnd, d.payer_count AS payer_count,
    d.payerless_count AS payerless_count, d.payers AS payers, d.tickets AS tickets, d.cash_count AS cash_count,
    d.cash_vnd AS cash_vnd, d.refund_count AS refund_count, d.refund_vnd AS refund_vnd,
    d.reversed_count AS reversed_count, d.conflict_count AS conflict_count, d.failed_count AS failed_count,
    d.small_count AS small_count, d.rail_count AS rail_count, d.rail_vnd AS rail_vnd, d.method_count AS method_count,
    greatest(multiIf({grain:String} = 'day', d.day, {grain:String} = 'week', toMonday(d.day),
        {grain:String} = 'month', toStartOfMonth(d.day), {first_day:Date}), {first_day:Date}) AS start,
    indexOf({market_codes:Array(String)}, d.market) AS market_number,
    if({by:String} IN ('market', 'row', 'vendor'), d.market, '') AS cell_market,
    multiIf({by:String} = 'market', d.market, {by:String} = 'kind', {market_kinds:Array(String)}[market_number],
        {by:String} = 'vendor', d.vendor, {by:String} IN ('row', 'product', 'cohort'), g.grp, '') AS grp,
    NOT has({market_closed:Array(Array(Date))}[market_number], d.day) AND NOT has(a.days, toUInt16(d.day)) AS is_open
FROM asked_vendor_day(ask = {ask:String}, first_day = {first_day:Date}, last_day = {last_day:Date}) AS d
LEFT ANY JOIN (
    SELECT market, vendor, days FROM registry_span WHERE ask = {ask:String} AND shape = 'absent') AS a
    ON a.market = d.market AND a.vendor = d.vendor
LEFT ANY JOIN (
    SELECT market, vendor, grp FROM asked_group WHERE ask = {group_ask:String}) AS g ON g.market = d.market AND g.vendor = d.vendor
WHERE (NOT {is_filtered:Bool} OR market_number > 0)
    AND (empty({vendors:Array(String)}) OR has({vendors:Array(String)}, d.vendor));

-- What an evaluation reads: figures as known at its cut-off. Few days have evidence that came later; only these are
-- computed anew and put down under {ask} (see known_day), all others are as folded. A row is a vendor in a market on
-- a day; {asked_days} are the days that were put down.

CREATE OR REPLACE VIEW mixed_vendor_day AS
SELECT day, market, vendor, payment_count, payment_vnd
FROM day_fold
WHERE row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date} AND NOT has({asked_days:Array(Date)}, day)
    AND market IN {markets:Array(String)}
UNION ALL
SELECT day, market, vendor, payment_count, payment_vnd
FROM known_day
WHERE ask = {ask:String} AND row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date}
    AND has({asked_days:Array(Date)}, day) AND market IN {markets:Array(String)};

-- What was noticed, delivered and acknowledged. A row is one such fact about one alert; a repeated row is harmless,
-- because an alert's id is derived from what it is about and its state is read from the set of facts.

CREATE TABLE IF NOT EXISTS alert_fact
(
    alert String,              -- of (rule, market, subject, day): the same thing has the same id for ever
    fact Enum8('raised' = 1, 'delivered' = 2, 'acknowledged' = 3),
    at DateTime64(3, 'UTC'),
    who LowCardinality(String),  -- who acknowledged, or to which host it was delivered
    rule LowCardinality(String),
    market LowCardinality(String),
    subject String,            -- a vendor or a source, '' where it is the market itself
    day Date,
    detail String
)
ENGINE = MergeTree
ORDER BY (alert, fact, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- How do alerts stand? A row is an alert. Of several acknowledgements the first stands.

CREATE OR REPLACE VIEW alert AS
SELECT
    f.alert AS alert, any(f.rule) AS rule, any(f.market) AS market, any(f.subject) AS subject, any(f.day) AS day,
    argMinIf(f.detail, (f.at, f.detail), f.fact = 'raised') AS detail,
    minIf(f.at, f.fact = 'raised') AS raised_at,
    if(countIf(f.fact = 'acknowledged') > 0, 'acknowledged', 'open') AS state,
    minOrNullIf(f.at, f.fact = 'acknowledged') AS acknowledged_at,
    argMinIf(f.who, (f.at, f.who), f.fact = 'acknowledged') AS acknowledged_by,
    minOrNullIf(f.at, f.fact = 'delivered') AS delivered_at
FROM alert_fact AS f
GROUP BY alert
HAVING countIf(f.fact = 'raised') > 0;

-- For BI tools: plain views with stable names and columns (docs/bi.md). Money in đồng, days in Asia/Ho_Chi_Minh.
-- Names and kinds are those of the row's own day. A column may be added at the end; none is renamed or removed.
-- They show everything: who may read them is for the database's own rights to say. Verdicts, forecasts and plans are
-- computed: ask the API for them.

-- What markets are there today? A row is a market of the registry.

CREATE OR REPLACE VIEW bi_market AS
SELECT m.market AS market, m.name AS market_name, m.market_kind AS market_kind, m.area AS area, c.stall_count AS stall_count
FROM (
    SELECT market, name, market_kind, area FROM registry_span
    WHERE ask = '' AND shape = 'market' AND effective_from <= toDate(now(), 'Asia/Ho_Chi_Minh')
        AND effective_to > toDate(now(), 'Asia/Ho_Chi_Minh')) AS m
LEFT ANY JOIN (
    SELECT market, toNullable(stall_count) AS stall_count FROM registry_span
    WHERE ask = '' AND shape = 'census' AND effective_from <= toDate(now(), 'Asia/Ho_Chi_Minh')
        AND effective_to > toDate(now(), 'Asia/Ho_Chi_Minh')) AS c ON c.market = m.market;

-- How much was paid in each market on each day? A row is a market on a day of which any evidence tells; market '' is
-- nobody's. stall_count and paid_share are NULL where no census is in force.

CREATE OR REPLACE VIEW bi_market_day AS
SELECT
    d.day AS day, d.market AS market, m.name AS market_name, m.market_kind AS market_kind,
    NOT has(t.days, toUInt16(d.day)) AS is_open,
    d.payment_count AS payment_count, d.payment_vnd AS payment_vnd, d.payer_count AS payer_count,
    d.payerless_count AS payerless_count, d.paid_vendor_count AS paid_vendor_count,
    d.cash_count AS cash_count, d.cash_vnd AS cash_vnd, d.refund_count AS refund_count, d.refund_vnd AS refund_vnd,
    d.reversed_count AS reversed_count, d.conflict_count AS conflict_count, d.failed_count AS failed_count,
    if(c.effective_to > d.day, c.stall_count, NULL) AS stall_count,
    paid_vendor_count / nullIf(stall_count, 0) AS paid_share
FROM market_day AS d
LEFT ANY JOIN (SELECT market, days FROM registry_span WHERE ask = '' AND shape = 'closed') AS t ON t.market = d.market
ASOF LEFT JOIN (
    SELECT market, name, market_kind, effective_from FROM registry_span WHERE ask = '' AND shape = 'market') AS m
    ON m.market = d.market AND m.effective_from <= toDate32(d.day)
ASOF LEFT JOIN (
    SELECT market, toNullable(stall_count) AS stall_count, effective_from, effective_to FROM registry_span
    WHERE ask = '' AND shape = 'census') AS c
    ON c.market = d.market AND c.effective_from <= toDate32(d.day);

-- By which rails? A row is a rail class in a market on a day.

CREATE OR REPLACE VIEW bi_rail_day AS
SELECT day, market, rail.1 AS rail_class, rail.2 AS payment_count, rail_vnd[rail.1] AS payment_vnd
FROM market_day
ARRAY JOIN CAST(rail_count, 'Array(Tuple(String, UInt64))') AS rail;

-- How much was each vendor paid? A row is a vendor in a market on a day: personal data.

CREATE OR REPLACE VIEW bi_vendor_day AS
SELECT
    d.day AS day, d.market AS market, d.vendor AS vendor, n.name AS vendor_name,
    d.payment_count AS payment_count, d.payment_vnd AS payment_vnd, d.payer_count AS payer_count,
    d.payerless_count AS payerless_count, d.cash_count AS cash_count, d.cash_vnd AS cash_vnd,
    d.refund_count AS refund_count, d.refund_vnd AS refund_vnd, d.reversed_count AS reversed_count,
    d.conflict_count AS conflict_count, d.failed_count AS failed_count
FROM vendor_day AS d
ASOF LEFT JOIN (
    SELECT vendor, name, effective_from FROM registry_span WHERE ask = '' AND shape = 'vendor') AS n
    ON n.vendor = d.vendor AND n.effective_from <= toDate32(d.day);

-- How do weeks compare? A row is a week (its Monday) of a market; payers are distinct over the whole week. A week is
-- complete when it is over, is not cut by the first evidence, and records came in after it.

CREATE OR REPLACE VIEW bi_market_week AS
SELECT
    toMonday(v.day) AS week, v.market AS market,
    sum(v.payment_count) AS payment_count, sum(v.payment_vnd) AS payment_vnd, uniqExactArray(v.payers) AS payer_count,
    uniqExactIf(v.vendor, v.payment_count > 0 AND v.vendor != '') AS paid_vendor_count,
    countIf(v.payment_count > 0 AND v.vendor != '') AS paid_vendor_day_count,
    sum(v.cash_count) AS cash_count, sum(v.cash_vnd) AS cash_vnd,
    week + 7 <= toDate(now(), 'Asia/Ho_Chi_Minh')
        AND week + 7 <= toDate((SELECT max(recorded_at) FROM evidence), 'Asia/Ho_Chi_Minh')
        AND week >= (SELECT min(day) FROM evidence) AS is_complete
FROM vendor_day AS v
GROUP BY week, market;

-- Which vendors were active at the end of a day? A row is a market; `active` of `choso adoption activity` has the same
-- numerator, for its thresholds are written here. Call it with the day: bi_market_active(last_day = '…').

CREATE OR REPLACE VIEW bi_market_active AS
SELECT
    market,
    countIf(n >= 4 /* active_payments_min */ AND open_days >= 3 /* active_days_min */
        AND payers >= 3 /* active_payers_min */) AS active_vendor_count,
    countIf(n > 0) AS paid_vendor_count
FROM (
    SELECT v.market AS market, v.vendor AS vendor, sum(v.payment_count) AS n,
        countIf(v.payment_count > 0 AND NOT has(t.days, toUInt16(v.day)) AND NOT has(a.days, toUInt16(v.day))) AS open_days,
        uniqExactArray(v.payers) + (sum(v.payerless_count) > 0) AS payers
    FROM vendor_day AS v
    LEFT ANY JOIN (SELECT market, days FROM registry_span WHERE ask = '' AND shape = 'closed') AS t ON t.market = v.market
    LEFT ANY JOIN (SELECT market, vendor, days FROM registry_span WHERE ask = '' AND shape = 'absent') AS a
        ON a.market = v.market AND a.vendor = v.vendor
    WHERE v.day > {last_day:Date} - 28 /* active_window_days */ AND v.day <= {last_day:Date} AND v.vendor != ''
    GROUP BY market, vendor)
GROUP BY market;

-- What did each source report? A row is a source's records about a market that name a day.

CREATE OR REPLACE VIEW bi_report_day AS
SELECT day, market, source, report_count, duplicate_count, late_count FROM report_day;

-- Which market fees are due, and how were they paid? A row is a month of a market; only fees known to be due.

CREATE OR REPLACE VIEW bi_fee_month AS
SELECT f.month AS month, f.market AS market, count() AS fee_count, sum(toInt128(assumeNotNull(f.due_vnd))) AS due_vnd,
    sum(f.paid_cashless_vnd) AS paid_cashless_vnd, sum(f.paid_cash_vnd) AS paid_cash_vnd
FROM registry_fee(known_at = '2100-01-01 00:00:00') AS f
WHERE f.due_vnd > 0
GROUP BY month, market;

-- How fresh is all this? One row.

CREATE OR REPLACE VIEW bi_freshness AS
SELECT
    (SELECT max(recorded_at) FROM evidence) AS recorded_last_at,
    (SELECT max(folded_at) FROM fold_state) AS folded_last_at,
    (SELECT count() FROM fold_state) AS folded_day_count,
    (SELECT count() FROM open_rejection) AS rejected_record_count;

CREATE OR REPLACE VIEW bi_alert AS
SELECT alert, rule, market, subject, day, state, detail, raised_at, acknowledged_at, acknowledged_by
FROM alert;

-- What was paid in each week, and what could have been? A row is a week of a market that the registry knows, from the
-- first week of which any evidence tells. A week without a payment is a zero. `stall_count` is the mean over the
-- week's days, NULL where one of them has no census; rates are over stalls and open days, NULL without them.

CREATE OR REPLACE VIEW bi_evaluation_week AS
SELECT
    e.week AS week, e.market AS market, e.stall_count AS stall_count, e.open_day_count AS open_day_count,
    p.payment_count AS payment_count, p.payment_vnd AS payment_vnd, p.paid_vendor_count AS paid_vendor_count,
    payment_count / nullIf(stall_count * open_day_count, 0) AS payments_per_stall_day,
    payment_vnd / nullIf(stall_count * open_day_count, 0) AS vnd_per_stall_day,
    if(open_day_count > 0, paid_vendor_count / nullIf(stall_count, 0), NULL) AS paying_share,
    week + 7 <= toDate(now(), 'Asia/Ho_Chi_Minh')
        AND week + 7 <= toDate((SELECT max(recorded_at) FROM evidence), 'Asia/Ho_Chi_Minh')
        AND week >= (SELECT min(day) FROM evidence) AS is_complete
FROM (
    SELECT
        d.week AS week, d.market AS market,
        countIf(d.day >= d.since AND NOT has(t.days, toUInt16(d.day))) AS open_day_count,
        if(countIf(c.effective_to > d.day) = 7, avg(c.stall_count), NULL) AS stall_count
    FROM (
        SELECT w.week AS week, m.market AS market, m.since AS since, arrayJoin(arrayMap(n -> w.week + n, range(7))) AS day
        FROM (SELECT DISTINCT toMonday(day) AS week FROM fold_state) AS w
        CROSS JOIN (
            SELECT market, min(effective_from) AS since FROM registry_span WHERE ask = '' AND shape = 'market' GROUP BY market) AS m
        WHERE w.week + 6 >= m.since) AS d
    LEFT ANY JOIN (SELECT market, days FROM registry_span WHERE ask = '' AND shape = 'closed') AS t ON t.market = d.market
    ASOF LEFT JOIN (
        SELECT market, toNullable(stall_count) AS stall_count, effective_from, effective_to FROM registry_span
        WHERE ask = '' AND shape = 'census') AS c
        ON c.market = d.market AND c.effective_from <= toDate32(d.day)
    GROUP BY week, market) AS e
LEFT ANY JOIN bi_market_week AS p ON p.week = e.week AND p.market = e.market;

-- What do acquirers and fee offices say of whole markets? A row is a week of a market, as one reporter last stated it
-- for one kind of rail. Never add it to payments.

CREATE OR REPLACE VIEW bi_market_total AS
SELECT t.week AS week, t.market AS market, t.reported_by AS reported_by, t.rail_class AS rail_class,
    t.payment_count AS payment_count, t.amount_vnd AS payment_vnd, t.source AS source
FROM registry_total(known_at = '2100-01-01 00:00:00') AS t;

-- Which evaluations were registered? A row is the hash of a plan, and when the log first recorded it: the earliest of
-- a plan binds.

CREATE OR REPLACE VIEW bi_evaluation AS
SELECT plan, digest, recorded_first_at FROM registry_evaluation;

-- How does adoption spread? A row is a week of a market in which vendors had their first valid payment ever.

CREATE OR REPLACE VIEW bi_adoption_week AS
SELECT f.week AS week, f.market AS market, f.first_paid_vendor_count AS first_paid_vendor_count,
    sum(f.first_paid_vendor_count) OVER (PARTITION BY f.market ORDER BY f.week) AS ever_paid_vendor_count
FROM (
    SELECT toMonday(first_day) AS week, market, count() AS first_paid_vendor_count
    FROM (
        SELECT market, vendor, min(day) AS first_day FROM vendor_day
        WHERE vendor != '' AND market != '' AND payment_count > 0
        GROUP BY market, vendor)
    GROUP BY week, market) AS f;

-- Whom did teams visit? A row is a visit to a stall or a vendor on a day.

CREATE OR REPLACE VIEW bi_team_visit AS
SELECT v.day AS day, v.market AS market, v.team AS team, v.stall AS stall, v.vendor AS vendor
FROM registry_visit(known_at = '2100-01-01 00:00:00') AS v;
