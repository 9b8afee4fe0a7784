-- Which coordinates hold what they cannot hold: two contents, two tables, or an offset outside its batch?
-- A record that was rejected first and admitted later, by a mended rule, stands in two tables rightly.
-- Grain: one coordinate.
SELECT topic_id, partition, offset, arrayStringConcat(arraySort(groupUniqArray(table)), ' and ') AS tables,
    multiIf(max(outside) = 1, 'its offset lies outside its batch',
            uniqExact(digest) > 1, 'it is stored with two contents',
            'it is stored in two tables') AS fact
FROM (
    SELECT 'evidence' AS table, topic_id, partition, offset, digest,
        offset < batch_first OR offset >= batch_first + batch_span AS outside FROM evidence
    UNION ALL
    SELECT 'compensation', topic_id, partition, offset, digest, offset < batch_first OR offset >= batch_first + batch_span
    FROM compensation
    UNION ALL
    SELECT 'registry_fact', topic_id, partition, offset, digest, offset < batch_first OR offset >= batch_first + batch_span
    FROM registry_fact
    UNION ALL
    SELECT 'rejected', topic_id, partition, offset, digest, offset < batch_first OR offset >= batch_first + batch_span
    FROM rejected)
WHERE offset % {slices:UInt32} = {slice:UInt32}
GROUP BY topic_id, partition, offset
HAVING max(outside) = 1 OR uniqExact(digest) > 1 OR uniqExactIf(table, table != 'rejected') > 1
ORDER BY topic_id, partition, offset
LIMIT {limit:UInt32}
