-- Which records does the store ({main}, side 1) hold otherwise than the log and the rule (side 2) give them?
-- Grain: one record as one side has it, in a run of offsets that was judged anew in this database.
SELECT * EXCEPT (side, batch_first, batch_span, batch_count, batch_month), groupBitOr(side) AS sides
FROM (
    SELECT *, toUInt8(1) AS side FROM {main:Identifier}.{table:Identifier}
    WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}
    UNION ALL
    SELECT *, toUInt8(2) AS side FROM {table:Identifier}
    WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64})
GROUP BY ALL
HAVING sides != 3
ORDER BY offset, sides
LIMIT {limit:UInt32}
