-- Which bytes does the store hold for this record?
-- Grain: one record, or none; a repeated row is the same bytes.
SELECT body FROM evidence_body WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
UNION DISTINCT
SELECT body FROM compensation_body WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
UNION DISTINCT
SELECT body FROM registry_body WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
UNION DISTINCT
SELECT body FROM rejected WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
LIMIT 1
