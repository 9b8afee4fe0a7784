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
