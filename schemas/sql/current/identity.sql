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
