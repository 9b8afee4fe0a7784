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
