-- Which bytes does the store hold for this record?
-- Grain: one record, or none; a repeated row is the same bytes. In hex: a record need not be UTF-8.
SELECT hex(body) AS body_hex FROM evidence_body WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
UNION DISTINCT
SELECT hex(body) AS body_hex FROM compensation_body WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
UNION DISTINCT
SELECT hex(body) AS body_hex FROM registry_body WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
UNION DISTINCT
SELECT hex(body) AS body_hex FROM delivery_body WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
UNION DISTINCT
SELECT hex(body) AS body_hex FROM rejected WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset = {offset:UInt64}
LIMIT 1
