-- What is this record, and was it admitted since?
-- Grain: one record, with the reason of its latest row (see rejected_counts.sql).
SELECT shape, any(r.recorded_at) AS recorded_at,
    argMax(r.reason, (toUInt64(splitByChar('_', r._part)[2]), r._part_offset)) AS reason, hex(any(r.body)) AS body,
    (topic_id, partition, offset) IN (
        SELECT topic_id, partition, offset FROM evidence WHERE topic_id = {topic_id:String} AND offset = {offset:UInt64}
        UNION ALL SELECT topic_id, partition, offset FROM compensation WHERE topic_id = {topic_id:String} AND offset = {offset:UInt64}
        UNION ALL SELECT topic_id, partition, offset FROM registry_fact WHERE topic_id = {topic_id:String} AND offset = {offset:UInt64}) AS is_admitted
FROM rejected AS r
WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
GROUP BY shape, topic_id, partition, offset
