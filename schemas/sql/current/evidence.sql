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
