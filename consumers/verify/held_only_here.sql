-- Which of these offsets, where no log has a record, have a content that is stored under no offset of a log?
-- Grain: one offset.
WITH here AS (
    SELECT DISTINCT offset, digest FROM stored_record
    WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64})
SELECT DISTINCT offset FROM here
WHERE digest NOT IN (
    SELECT digest FROM stored_record
    WHERE digest IN (SELECT digest FROM here)
        AND offset < transform(concat(topic_id, '-', toString(partition)), {logs:Array(String)}, {ends:Array(UInt64)}, toUInt64(0))
        AND NOT (topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}))
ORDER BY offset
