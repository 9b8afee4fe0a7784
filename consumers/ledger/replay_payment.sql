-- Send rejected records of one run of offsets through the door again, with their own coordinates.
-- Grain: one record of the log, though its row may be stored twice.
INSERT INTO payment_intake (topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body)
SELECT topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body
FROM rejected
WHERE shape = 'payment' AND batch_month = {batch_month:UInt32} AND topic_id = {topic_id:String} AND partition = {partition:UInt16}
    AND offset BETWEEN {first:UInt64} AND {last:UInt64}
    AND (topic_id, partition, offset) NOT IN (
        SELECT topic_id, partition, offset FROM evidence WHERE topic_id = {topic_id:String} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
        UNION ALL
        SELECT topic_id, partition, offset FROM compensation WHERE topic_id = {topic_id:String} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
        UNION ALL
        SELECT topic_id, partition, offset FROM registry_fact WHERE topic_id = {topic_id:String} AND offset BETWEEN {first:UInt64} AND {last:UInt64})
LIMIT 1 BY topic_id, partition, offset
