-- Which batches hold more records than they were landed with? Someone added rows.
-- Grain: one batch.
SELECT topic_id, partition, batch_first, batch_count, uniqExact(offset) AS stored_count
FROM (
    SELECT topic_id, partition, offset, batch_first, batch_span, batch_count FROM evidence
    UNION ALL
    SELECT topic_id, partition, offset, batch_first, batch_span, batch_count FROM compensation
    UNION ALL
    SELECT topic_id, partition, offset, batch_first, batch_span, batch_count FROM registry_fact
    UNION ALL
    SELECT topic_id, partition, offset, batch_first, batch_span, batch_count FROM rejected)
GROUP BY topic_id, partition, batch_first, batch_span, batch_count
HAVING groupBitmap(toUInt32(offset - batch_first)) > batch_count
ORDER BY topic_id, partition, batch_first
LIMIT {limit:UInt32}
