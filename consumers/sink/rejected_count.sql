-- How many records were rejected, from an offset of each partition on?
-- Grain: one number.
SELECT uniqExact(partition, offset) AS rejected_count
FROM rejected
WHERE topic_id = {topic_id:String}
    AND offset >= transform(toUInt64(partition), {partitions:Array(UInt64)}, {offsets:Array(UInt64)}, toUInt64(18446744073709551615))
