-- Where is what of the log? A row is a stored record, in whichever table it lies, with its coordinates, the batch
-- that it was landed in, and the hash of its bytes.

CREATE OR REPLACE VIEW stored_record AS
SELECT 'evidence' AS table, topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM evidence
UNION ALL
SELECT 'compensation', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM compensation
UNION ALL
SELECT 'registry_fact', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM registry_fact
UNION ALL
SELECT 'rejected', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM rejected;

-- What are its bytes? A row is a stored record, its bytes written again.

CREATE OR REPLACE VIEW stored_body AS
SELECT 'evidence' AS table, topic_id, partition, offset, digest, body FROM evidence_body
UNION ALL
SELECT 'compensation', topic_id, partition, offset, digest, body FROM compensation_body
UNION ALL
SELECT 'registry_fact', topic_id, partition, offset, digest, body FROM registry_body
UNION ALL
SELECT 'rejected', topic_id, partition, offset, digest, body FROM rejected;
