-- How many records that came on the days of a range were refused, and not admitted since?
-- Grain: one row.
SELECT uniqExact(r.topic_id, r.partition, r.offset) AS quarantined
FROM rejected AS r
WHERE toDate(r.recorded_at, 'Asia/Ho_Chi_Minh') BETWEEN {first_day:Date} AND {last_day:Date}
    AND r.recorded_at <= {known_at:DateTime64(3)}
    AND (r.topic_id, r.partition, r.offset) NOT IN (
        SELECT topic_id, partition, offset FROM evidence
        WHERE batch_month IN (SELECT batch_month FROM rejected) AND offset IN (SELECT offset FROM rejected)
        UNION ALL
        SELECT topic_id, partition, offset FROM compensation
        WHERE batch_month IN (SELECT batch_month FROM rejected) AND offset IN (SELECT offset FROM rejected)
        UNION ALL
        SELECT topic_id, partition, offset FROM registry_fact
        WHERE batch_month IN (SELECT batch_month FROM rejected) AND offset IN (SELECT offset FROM rejected))
