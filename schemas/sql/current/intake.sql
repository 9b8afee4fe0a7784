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
