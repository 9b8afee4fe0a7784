-- What evidence do the figures of a range rest on?
-- Grain: one row. Refused records are those that came on the range's days, and were not admitted since.
SELECT told.1 AS received, told.2 AS duplicate, told.3 AS late, paid.1 AS conflict, paid.2 AS payments, paid.3 AS attributed, quarantined
FROM (
    SELECT
        (SELECT (sum(report_count), sum(duplicate_count), sum(late_count))
         FROM (/* view asked_report_day */)
         WHERE NOT {is_filtered:Bool} OR has({market_codes:Array(String)}, market)) AS told,
        (SELECT (sumIf(conflict_count, NOT {is_filtered:Bool} OR has({market_codes:Array(String)}, market)),
            sum(payment_count), sumIf(payment_count, vendor != ''))
         FROM (/* view asked_vendor_day */)) AS paid,
        (SELECT uniqExact(r.topic_id, r.partition, r.offset)
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
                WHERE batch_month IN (SELECT batch_month FROM rejected) AND offset IN (SELECT offset FROM rejected))) AS quarantined)
