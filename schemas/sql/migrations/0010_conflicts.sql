-- Which facts were told in more than one way? A row is one event id that came with several contents. Both stay;
-- their payments count as conflicts. First the few hashes that came with two digests, then what they are.
-- The search of all evidence spills to disk rather than outgrow the store's memory.

CREATE OR REPLACE VIEW conflict_event AS
WITH
    told AS (
        SELECT source, source_transaction_id, toString(kind) AS kind, account, bank_reference, digest, recorded_at
        FROM evidence
        UNION ALL
        SELECT source, source_transaction_id, toString(kind) AS kind, account, bank_reference, digest, recorded_at
        FROM compensation),
    suspect AS (
        SELECT sipHash64(source, source_transaction_id, kind) AS event_hash
        FROM told
        GROUP BY event_hash
        HAVING min(digest) != max(digest))
SELECT
    choso_event_id(source, source_transaction_id, kind) AS event_id,
    source,
    source_transaction_id,
    kind,
    uniqExact(digest) AS content_count,
    min(recorded_at) AS recorded_first_at,
    arraySort(groupUniqArray((lower(hex(account)), bank_reference))) AS payments  -- (account token, bank reference)
FROM told
WHERE sipHash64(source, source_transaction_id, kind) IN (SELECT event_hash FROM suspect)
GROUP BY source, source_transaction_id, kind
HAVING content_count > 1
SETTINGS max_bytes_before_external_group_by = 268435456;
