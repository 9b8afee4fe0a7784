-- What would a plain landing of the same bytes cost? A row is one event, its columns those of the JSON.
-- The key and the codecs are those of `evidence`; the event's id is stored in the place of the digest. There are no
-- views, no projection and no coordinates.
CREATE OR REPLACE TABLE raw_evidence
(
    specversion LowCardinality(String) CODEC(ZSTD(1)),
    id UUID CODEC(NONE),
    source LowCardinality(String) CODEC(ZSTD(1)),
    type LowCardinality(String) CODEC(ZSTD(1)),
    time DateTime64(3, 'UTC') CODEC(ZSTD(1)),
    data Tuple(
        source_transaction_id String,
        account String,
        bank_reference String,
        compensation_reference Nullable(String),
        amount_vnd Int64,
        currency LowCardinality(String),
        time_precision LowCardinality(String),
        rail_class LowCardinality(String),
        virtual_account Nullable(String),
        stall_code LowCardinality(Nullable(String)),
        payer_token Nullable(String),
        balance_after_vnd Nullable(Int64),
        text Nullable(String)) CODEC(ZSTD(1))
)
ENGINE = MergeTree
ORDER BY (toDate(time, 'Asia/Ho_Chi_Minh'), data.account, data.bank_reference)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0
