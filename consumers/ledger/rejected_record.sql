-- What is this record, and was it admitted since?
-- Grain: one record.
SELECT shape, recorded_at, reason, hex(body) AS body, NOT is_open AS is_admitted
FROM rejection
WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
