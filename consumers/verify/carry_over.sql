-- Take along what the store ({main}) has outside of what was read from the logs, from begin up to end, with the batches of that.
-- Grain: one record.
INSERT INTO {table:Identifier}
SELECT * FROM {main:Identifier}.{table:Identifier}
WHERE least(offset, batch_first) < transform(concat(topic_id, '-', toString(partition)), {logs:Array(String)}, {begins:Array(UInt64)}, toUInt64(-1))
    OR greatest(offset + 1, batch_first + batch_span) > transform(concat(topic_id, '-', toString(partition)), {logs:Array(String)}, {ends:Array(UInt64)}, toUInt64(0))
