-- What is still rejected of a run of offsets, and why?
-- Grain: a reason.
SELECT reason, count() AS record_count
FROM open_rejection
WHERE shape = {shape:String} AND batch_month = {batch_month:UInt32}
    AND topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset BETWEEN {first:UInt64} AND {last:UInt64}
GROUP BY reason
