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
