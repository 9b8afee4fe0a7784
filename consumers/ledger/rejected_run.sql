-- What is still rejected of a run of offsets, and why?
-- Grain: a reason (see rejected_counts.sql).
SELECT reason, count() AS record_count
FROM (
    SELECT topic_id, partition, offset,
        argMax(r.reason, (toUInt64(splitByChar('_', r._part)[2]), r._part_offset)) AS reason
    FROM rejected AS r
    WHERE r.batch_month = {batch_month:UInt32} AND r.topic_id = {topic_id:String} AND r.partition = {partition:UInt16}
        AND r.offset BETWEEN {first:UInt64} AND {last:UInt64}
        AND (topic_id, partition, offset) NOT IN (
            SELECT topic_id, partition, offset FROM evidence WHERE topic_id = {topic_id:String} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
            UNION ALL
            SELECT topic_id, partition, offset FROM compensation WHERE topic_id = {topic_id:String} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
            UNION ALL
            SELECT topic_id, partition, offset FROM registry_fact WHERE topic_id = {topic_id:String} AND offset BETWEEN {first:UInt64} AND {last:UInt64})
    GROUP BY topic_id, partition, offset)
GROUP BY reason
