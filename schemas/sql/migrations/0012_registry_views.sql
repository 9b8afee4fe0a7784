-- What is this market? A row is one interval of days in which a market has one name and kind, as the registry
-- was known at {known_at}. Of two facts for one day the later `time` wins, then the later record.

CREATE OR REPLACE VIEW registry_market AS
SELECT market, fact.1 AS name, fact.2 AS market_kind, fact.3 AS area, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY market ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT f.market AS market, f.effective_from AS effective_from,
        argMax((f.name, f.market_kind, f.area), (f.time, f.first_recorded_at, f.source_transaction_id)) AS fact
    FROM (
        SELECT assumeNotNull(r.market) AS market, r.effective_from AS effective_from, coalesce(r.name, '') AS name,
            coalesce(r.market_kind, '') AS market_kind, coalesce(r.area, '') AS area, r.time AS time,
            r.source_transaction_id AS source_transaction_id, min(r.recorded_at) AS first_recorded_at
        FROM registry_fact AS r
        WHERE r.kind = 'market' AND r.recorded_at <= {known_at:DateTime64(3)}
        GROUP BY ALL) AS f
    GROUP BY market, effective_from);

-- How many stalls were counted? A row is one interval of days between two censuses of a market.

CREATE OR REPLACE VIEW registry_census AS
SELECT market, stall_count, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY market ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT f.market AS market, f.effective_from AS effective_from,
        argMax(f.stall_count, (f.time, f.first_recorded_at, f.source_transaction_id)) AS stall_count
    FROM (
        SELECT assumeNotNull(r.market) AS market, r.effective_from AS effective_from,
            assumeNotNull(r.stall_count) AS stall_count, r.time AS time,
            r.source_transaction_id AS source_transaction_id, min(r.recorded_at) AS first_recorded_at
        FROM registry_fact AS r
        WHERE r.kind = 'census_taken' AND r.recorded_at <= {known_at:DateTime64(3)}
        GROUP BY ALL) AS f
    GROUP BY market, effective_from);

-- Was the market open? A row is a day of a market that the calendar names; other days are open.

CREATE OR REPLACE VIEW registry_trading_day AS
SELECT f.market AS market, f.day AS day, argMax(f.open, (f.time, f.first_recorded_at, f.source_transaction_id)) AS is_open
FROM (
    SELECT assumeNotNull(r.market) AS market, toDate(r.effective_from) AS day, assumeNotNull(r.open) AS open,
        r.time AS time, r.source_transaction_id AS source_transaction_id, min(r.recorded_at) AS first_recorded_at
    FROM registry_fact AS r
    WHERE r.kind = 'trading_day' AND r.vendor IS NULL AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY ALL) AS f
GROUP BY market, day;

-- What is this vendor called, and what does he sell? A row is one interval of days, as for markets.

CREATE OR REPLACE VIEW registry_vendor AS
SELECT vendor, fact.1 AS name, fact.2 AS product, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY vendor ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT f.vendor AS vendor, f.effective_from AS effective_from,
        argMax((f.name, f.product), (f.time, f.first_recorded_at, f.source_transaction_id)) AS fact
    FROM (
        SELECT assumeNotNull(r.vendor) AS vendor, r.effective_from AS effective_from, coalesce(r.name, '') AS name,
            coalesce(r.product, '') AS product, r.time AS time, r.source_transaction_id AS source_transaction_id, min(r.recorded_at) AS first_recorded_at
        FROM registry_fact AS r
        WHERE r.kind = 'vendor' AND r.recorded_at <= {known_at:DateTime64(3)}
        GROUP BY ALL) AS f
    GROUP BY vendor, effective_from);
