-- What is this record?
-- Grain: one record.
SELECT DISTINCT shape, recorded_at, reason, body
FROM rejected
WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
LIMIT 1
