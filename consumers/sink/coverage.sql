-- Which offsets of a topic does the store hold? A batch counts only when all its records are there.
-- Grain: one run of offsets of one partition, [first, after), ascending and apart from each other.
WITH
    stored AS (
        SELECT partition, offset, batch_first, batch_span, batch_count FROM evidence WHERE topic_id = {topic_id:String}
        UNION ALL
        SELECT partition, offset, batch_first, batch_span, batch_count FROM compensation WHERE topic_id = {topic_id:String}
        UNION ALL
        SELECT partition, offset, batch_first, batch_span, batch_count FROM registry_fact WHERE topic_id = {topic_id:String}
        UNION ALL
        SELECT partition, offset, batch_first, batch_span, batch_count FROM delivery_fact WHERE topic_id = {topic_id:String}
        UNION ALL
        SELECT partition, offset, batch_first, batch_span, batch_count FROM rejected WHERE topic_id = {topic_id:String}),
    batches AS (
        SELECT partition, batch_first AS first, batch_first + any(batch_span) AS after
        FROM stored
        WHERE partition IN {partitions:Array(UInt16)}
        GROUP BY partition, batch_first, batch_span, batch_count
        HAVING groupBitmap(toUInt32(offset - batch_first)) = batch_count),
    marked AS (
        SELECT partition, first, after,
            first > max(after) OVER (
                PARTITION BY partition ORDER BY first, after ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS is_new
        FROM batches),
    numbered AS (
        SELECT partition, first, after,
            sum(is_new) OVER (PARTITION BY partition ORDER BY first, after ROWS UNBOUNDED PRECEDING) AS run
        FROM marked)
SELECT partition, min(first) AS first, max(after) AS after
FROM numbered
GROUP BY partition, run
ORDER BY partition, first
