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
