-- How many records does the store ({main}) have under these offsets of a log that the log, as read into this database,
-- has not, or has with other bytes? One whose own bytes do not hash to its digest is none, if the log has that offset.
-- Grain: one number, with the first and the last of the offsets.
SELECT uniqExact(offset) AS record_count, min(offset) AS first, max(offset) AS last
FROM {main:Identifier}.stored_body
WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}
    AND (offset, digest) NOT IN (
        SELECT offset, digest FROM stored_record
        WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64})
    AND (sipHash128(body) = digest OR offset NOT IN (
        SELECT offset FROM stored_record
        WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}))
