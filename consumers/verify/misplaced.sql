-- Which coordinates hold what they cannot hold: two contents, two tables, or an offset outside its batch?
-- A record that was rejected first and admitted later, by a mended rule, stands in two tables rightly.
-- Grain: what is wrong with records of one run of {run_offsets} offsets; some of them are named.
SELECT tables AS table, topic_id, partition, fact, intDiv(offset, {run_offsets:UInt64}) AS run,
    groupUniqArray({named_max:UInt32})(offset) AS offsets, uniqExact(offset) AS record_count, min(offset) AS first, max(offset) AS last
FROM (
    SELECT topic_id, partition, offset, arrayStringConcat(arraySort(groupUniqArray(table)), ' and ') AS tables,
        multiIf(max(offset < batch_first OR offset >= batch_first + batch_span) = 1, 'its offset lies outside its batch',
                uniqExact(digest) > 1, 'it is stored with two contents',
                uniqExactIf(table, table != 'rejected') > 1, 'it is stored in two tables', '') AS fact
    FROM stored_record
    WHERE offset % {slices:UInt32} = {slice:UInt32}
    GROUP BY topic_id, partition, offset
    HAVING fact != '')
GROUP BY table, topic_id, partition, fact, run
ORDER BY table, topic_id, partition, first
LIMIT {limit:UInt32}
