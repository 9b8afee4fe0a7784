-- Which evidence belongs to which delivery? A row is one stored piece of evidence that names its delivery, by its
-- coordinates; two deliveries that tell one fact are two rows.

CREATE OR REPLACE VIEW delivery_evidence AS
SELECT
    delivery, 'evidence' AS table, topic_id, partition, offset, day, account, bank_reference, '' AS compensation_reference,
    source, source_transaction_id, toString(evidence.kind) AS kind, amount_vnd, recorded_at
FROM evidence
WHERE delivery != ''
UNION ALL
SELECT
    delivery, 'compensation', topic_id, partition, offset, day, account, bank_reference, compensation_reference,
    source, source_transaction_id, toString(compensation.kind), amount_vnd, recorded_at
FROM compensation
WHERE delivery != '';

-- Which deliveries were taken back, as known at {known_at}? A row is one delivery, with the first retraction of it; the set only grows.

CREATE OR REPLACE VIEW retracted_delivery AS
SELECT
    delivery,
    min(recorded_at) AS retracted_at,
    argMin((assumeNotNull(who), assumeNotNull(why)), (recorded_at, offset)) AS said,
    said.1 AS retracted_by,
    said.2 AS retracted_why
FROM delivery_fact
WHERE kind = 'retracted' AND recorded_at <= {known_at:DateTime64(3)}
GROUP BY delivery;

-- What did each delivery say of itself, as known at {known_at}? A row is one delivery; told again by another reading of the same
-- file, the later statement holds.

CREATE OR REPLACE VIEW delivery AS
SELECT
    d.delivery AS delivery,
    min(d.recorded_at) AS delivered_at,
    argMax((d.source, d.name, d.sha256, d.byte_count, d.line_count, d.profile, d.reader, d.market, d.first_day, d.last_day, d.opening_vnd,
        d.closing_vnd, d.accounts, d.outcomes), (d.recorded_at, d.offset)) AS said,
    said.1 AS source, said.2 AS name, said.3 AS sha256, said.4 AS byte_count, said.5 AS line_count, said.6 AS profile, said.7 AS reader,
    said.8 AS market, said.9 AS first_day, said.10 AS last_day, said.11 AS opening_vnd, said.12 AS closing_vnd, said.13 AS accounts,
    said.14 AS outcomes
FROM delivery_fact AS d
WHERE d.kind = 'delivered' AND d.recorded_at <= {known_at:DateTime64(3)}
GROUP BY d.delivery;
