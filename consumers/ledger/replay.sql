-- Send rejected records of one run of offsets through the door again, with their own coordinates.
-- Grain: one record of the log.
INSERT INTO {intake:Identifier} (topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body, delivery)
SELECT topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body, delivery
FROM open_rejection
WHERE shape = {shape:String} AND batch_month = {batch_month:UInt32} AND topic_id = {topic_id:String} AND partition = {partition:UInt16}
    AND offset BETWEEN {first:UInt64} AND {last:UInt64}
