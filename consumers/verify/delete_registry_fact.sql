-- Remove the stored records of these offsets, so that they can be read again from the log.
-- Grain: one offset of one partition.
ALTER TABLE registry_fact DELETE
WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}
