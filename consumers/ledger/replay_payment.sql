-- Send rejected records of one run of offsets through the door again, with their own coordinates.
-- Grain: one record of the log.
INSERT INTO payment_intake (topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body)
SELECT topic_id, partition, offset, any(r.batch_first), any(r.batch_span), any(r.batch_count), any(r.batch_month), any(r.recorded_at), any(r.body)
FROM rejected AS r
WHERE r.shape = 'payment' AND r.batch_month = {batch_month:UInt32} AND r.topic_id = {topic_id:String} AND r.partition = {partition:UInt16}
    AND r.offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND (topic_id, partition, offset) NOT IN (
        SELECT topic_id, partition, offset FROM evidence WHERE topic_id = {topic_id:String} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
        UNION ALL
        SELECT topic_id, partition, offset FROM compensation WHERE topic_id = {topic_id:String} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
        UNION ALL
        SELECT topic_id, partition, offset FROM registry_fact WHERE topic_id = {topic_id:String} AND offset BETWEEN {first:UInt64} AND {last:UInt64})
GROUP BY topic_id, partition, offset
