-- What is not evidence: coordinates, bytes and reason. There is no other place for poison.

CREATE TABLE IF NOT EXISTS rejected
(
    shape LowCardinality(String),  -- payment or registry: through which door it goes again
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
    digest FixedString(16)
)
ENGINE = MergeTree
PARTITION BY batch_month
ORDER BY (topic_id, partition, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;
