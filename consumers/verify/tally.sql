-- What became of every record? received = applied + duplicate + rejected.
-- Grain: one row for a slice of the records.
SELECT
    uniqExact(topic_id, partition, offset) AS received_count,
    uniqExactIf((topic_id, partition, offset), table != 'rejected') AS admitted_count,
    uniqExactIf((source, source_transaction_id, kind), table != 'rejected') AS applied_count,
    admitted_count - applied_count AS duplicate_count,
    received_count - admitted_count AS rejected_count
FROM (
    SELECT 'evidence' AS table, topic_id, partition, offset, source, source_transaction_id, toString(kind) AS kind FROM evidence
    UNION ALL
    SELECT 'compensation', topic_id, partition, offset, source, source_transaction_id, toString(kind) FROM compensation
    UNION ALL
    SELECT 'registry_fact', topic_id, partition, offset, source, source_transaction_id, kind FROM registry_fact
    UNION ALL
    SELECT 'delivery_fact', topic_id, partition, offset, source, source_transaction_id, kind FROM delivery_fact
    UNION ALL
    -- a record that a mended rule admitted later would be received in two slices
    SELECT 'rejected', topic_id, partition, offset, '', '', '' FROM open_rejection)
WHERE cityHash64(source_transaction_id) % {slices:UInt32} = {slice:UInt32}
