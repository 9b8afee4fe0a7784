-- Whose account is it? A row is one interval of days in which an account (or a stall's code) belongs to one
-- vendor in one market, as the registry was known at {known_at}. Of two facts about one key and one day the
-- later `time` wins, then the later record.

CREATE OR REPLACE VIEW registry_link AS
WITH
    facts AS (
        SELECT
            if(kind = 'vendor', 'stall_code', 'account') AS method,
            assumeNotNull(if(kind = 'vendor', stall, account)) AS key,
            kind, effective_from, coalesce(market, '') AS market, coalesce(vendor, '') AS vendor,
            coalesce(stall, '') AS stall, time, source_transaction_id, min(recorded_at) AS recorded_first_at
        FROM registry_fact
        WHERE (kind IN ('account_linked', 'account_unlinked') OR (kind = 'vendor' AND stall IS NOT NULL))
            AND recorded_at <= {known_at:DateTime64(3)}
        GROUP BY ALL),
    winners AS (
        SELECT
            method, key, effective_from,
            argMax((kind, market, vendor, stall), (time, recorded_first_at, source_transaction_id)) AS fact
        FROM facts
        GROUP BY method, key, effective_from),
    intervals AS (
        SELECT
            method, key, fact, effective_from,
            leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
                PARTITION BY method, key ORDER BY effective_from
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
        FROM winners)
SELECT method, key, fact.2 AS market, fact.3 AS vendor, fact.4 AS stall, effective_from, effective_to
FROM intervals
WHERE fact.1 != 'account_unlinked';
