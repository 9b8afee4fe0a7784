-- Which stored records are not what was admitted? The bytes written again from the columns must hash to the
-- digest, the columns derived from them must follow from them, and a reason must be one of the rule's.
-- Grain: what is wrong with records of one table in one run of {run_offsets} offsets; some of them are named.
SELECT table, topic_id, partition, fact, intDiv(offset, {run_offsets:UInt64}) AS run,
    groupUniqArray({named_max:UInt32})(offset) AS offsets, uniqExact(offset) AS record_count, min(offset) AS first, max(offset) AS last
FROM (
    SELECT table, topic_id, partition, offset, 'its bytes do not hash to its digest' AS fact
    FROM stored_body WHERE sipHash128(body) != digest
    UNION ALL
    SELECT 'rejected', topic_id, partition, offset, 'its reason is none of the rule''s'
    FROM rejected WHERE reason NOT IN {reasons:Array(String)}
    UNION ALL
    SELECT 'evidence', topic_id, partition, offset, 'its day or its payment hash does not follow from it'
    FROM evidence
    WHERE day != toDate(time, 'Asia/Ho_Chi_Minh') OR payment_hash != cityHash64(account, bank_reference)
    UNION ALL
    SELECT 'compensation', topic_id, partition, offset, 'its day or its payment hash does not follow from it'
    FROM compensation
    WHERE day != toDate(time, 'Asia/Ho_Chi_Minh') OR payment_hash != cityHash64(account, bank_reference))
GROUP BY table, topic_id, partition, fact, run
ORDER BY table, topic_id, partition, first
LIMIT {limit:UInt32}
