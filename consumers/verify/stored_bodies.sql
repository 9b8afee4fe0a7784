-- Which whole contents does the store hold under these offsets?
-- Grain: one content of one offset, whose bytes hash to their digest.
SELECT DISTINCT offset, hex(body) AS body_hex
FROM stored_body
WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}
    AND sipHash128(body) = digest
