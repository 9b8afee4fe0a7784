-- Which whole batches say of themselves what cannot be? More records than they were landed with, another month than
-- the earliest record of a batch has, or no record where one is stored.
-- (A batch may reach back over others to a gap before them, so only its first offset and those from its first
-- record on are its own.)
-- Grain: one batch, with the offsets of its records.
WITH
    batches AS (
        SELECT topic_id, partition, batch_first, batch_span, batch_count, batch_month, min(offset) AS first, max(offset) AS last,
            groupBitmap(toUInt32(offset - batch_first)) AS stored_count, toYYYYMM(min(recorded_at)) AS first_month
        FROM stored_record
        GROUP BY topic_id, partition, batch_first, batch_span, batch_count, batch_month
        HAVING stored_count >= batch_count),
    gapped AS (
        SELECT g.topic_id AS topic_id, g.partition AS partition, g.batch_first AS batch_first, g.batch_span AS batch_span,
            g.batch_count AS batch_count, g.batch_month AS batch_month,
            uniqExactIf(r.offset, r.offset = g.batch_first OR r.offset BETWEEN g.first AND g.batch_first + g.batch_span - 1) AS held
        FROM (SELECT * FROM batches WHERE batch_span > batch_count ORDER BY topic_id, partition, batch_first LIMIT {limit:UInt32}) AS g
        INNER JOIN stored_record AS r ON r.topic_id = g.topic_id AND r.partition = g.partition
        GROUP BY topic_id, partition, batch_first, batch_span, batch_count, batch_month
        HAVING held > batch_count)
SELECT topic_id, partition, batch_first, first, last, stored_count,
    multiIf(stored_count > batch_count, concat('holds ', toString(stored_count), ' records, landed were ', toString(batch_count)),
            (topic_id, partition, batch_first, batch_span, batch_count, batch_month) IN (SELECT * EXCEPT (held) FROM gapped),
                'says that offsets are no records which are stored',
            concat('is of the month ', toString(batch_month), ', but its earliest record is not')) AS fact
FROM batches
WHERE stored_count > batch_count
    OR batch_month > first_month
    OR batch_month NOT IN (SELECT first_month FROM batches)
    OR (topic_id, partition, batch_first, batch_span, batch_count, batch_month) IN (SELECT * EXCEPT (held) FROM gapped)
ORDER BY topic_id, partition, batch_first
LIMIT {limit:UInt32}
