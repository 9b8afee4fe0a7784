-- What do acquirers and fee offices say of whole markets? A row is one week (its Monday) of a market, as one
-- reporter last stated it for one kind of rail, known at {known_at}. Never evidence of payments: stalls that send
-- no events are seen here alone.

CREATE OR REPLACE VIEW registry_total AS
SELECT f.market AS market, f.week AS week, f.reported_by AS reported_by, f.rail_class AS rail_class,
    argMax((f.payment_count, f.amount_vnd, f.source), (f.time, f.first_recorded_at, f.source_transaction_id)) AS stated,
    stated.1 AS payment_count, stated.2 AS amount_vnd, stated.3 AS source
FROM (
    SELECT assumeNotNull(r.market) AS market, toDate(r.effective_from) AS week, assumeNotNull(r.name) AS reported_by,
        assumeNotNull(r.rail_class) AS rail_class, assumeNotNull(r.payment_count) AS payment_count,
        assumeNotNull(r.amount_vnd) AS amount_vnd, toString(r.source) AS source, r.time AS time,
        r.source_transaction_id AS source_transaction_id, min(r.recorded_at) AS first_recorded_at
    FROM registry_fact AS r
    WHERE r.kind = 'market_total' AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY ALL) AS f
GROUP BY market, week, reported_by, rail_class;

-- Which plans of evaluations does the log know? A row is the hash of a plan under the plan's id, and when the log
-- first recorded it.

CREATE OR REPLACE VIEW registry_evaluation AS
SELECT assumeNotNull(r.name) AS plan, assumeNotNull(r.note) AS digest, min(r.recorded_at) AS recorded_first_at
FROM registry_fact AS r
WHERE r.kind = 'evaluation_registered'
GROUP BY plan, digest;
