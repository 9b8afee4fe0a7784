-- Which stored records are not what was admitted? The bytes written again from the columns must hash to the
-- digest, and the columns derived from them must follow from them.
-- Grain: one stored row that was altered.
SELECT table, topic_id, partition, offset, fact
FROM (
    SELECT 'evidence' AS table, topic_id, partition, offset, 'its bytes do not hash to its digest' AS fact
    FROM evidence_body WHERE sipHash128(body) != digest
    UNION ALL
    SELECT 'compensation', topic_id, partition, offset, 'its bytes do not hash to its digest'
    FROM compensation_body WHERE sipHash128(body) != digest
    UNION ALL
    SELECT 'registry_fact', topic_id, partition, offset, 'its bytes do not hash to its digest'
    FROM registry_body WHERE sipHash128(body) != digest
    UNION ALL
    SELECT 'rejected', topic_id, partition, offset, 'its bytes do not hash to its digest'
    FROM rejected WHERE sipHash128(body) != digest
    UNION ALL
    SELECT 'rejected', topic_id, partition, offset, 'it has no reason' FROM rejected WHERE reason = ''
    UNION ALL
    SELECT 'evidence', topic_id, partition, offset, 'its day or its payment hash does not follow from it'
    FROM evidence
    WHERE day != toDate(time, 'Asia/Ho_Chi_Minh') OR payment_hash != toUInt32(cityHash64(account, bank_reference))
    UNION ALL
    SELECT 'compensation', topic_id, partition, offset, 'its day or its payment hash does not follow from it'
    FROM compensation
    WHERE day != toDate(time, 'Asia/Ho_Chi_Minh') OR payment_hash != toUInt32(cityHash64(account, bank_reference)))
ORDER BY table, topic_id, partition, offset
LIMIT {limit:UInt32}
