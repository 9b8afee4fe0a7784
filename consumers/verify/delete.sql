-- Remove the stored records of these runs of offsets, so that they can be read again from the log.
-- Grain: one offset of one partition.
ALTER TABLE {table:Identifier} DELETE
WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16}
    AND arrayExists((first, after) -> offset >= first AND offset < after, {firsts:Array(UInt64)}, {afters:Array(UInt64)})
