-- What was stated of the registry, and which of two statements is the later one? A row is a fact as it stands in the log. Of two
-- of one subject for one day that of the greater `rank` holds: the one stated later, of those stated at one time the one that the
-- log has later, whatever they say. To state a fact again makes it the latest again. A topic that was created anew is a
-- later log than the one before.

CREATE OR REPLACE VIEW registry_statement AS
SELECT f.*, (f.time, log.began_at, f.topic_id, f.offset, f.partition) AS rank
FROM registry_fact AS f
INNER JOIN (SELECT topic_id, min(recorded_at) AS began_at FROM registry_fact GROUP BY topic_id) AS log ON log.topic_id = f.topic_id;

-- Whose account is it? A row is one interval of days in which an account (or a stall's code) belongs to one
-- vendor in one market, as the registry was known at {known_at}.

CREATE OR REPLACE VIEW registry_link AS
WITH
    winners AS (
        SELECT
            if(r.kind = 'vendor', 'stall_code', 'account') AS method,
            assumeNotNull(if(r.kind = 'vendor', r.stall, r.account)) AS key,
            r.effective_from AS effective_from,
            argMax((r.kind, coalesce(r.market, ''), coalesce(r.vendor, ''), coalesce(r.stall, '')), r.rank) AS fact
        FROM registry_statement AS r
        WHERE (r.kind IN ('account_linked', 'account_unlinked') OR (r.kind = 'vendor' AND r.stall IS NOT NULL))
            AND r.recorded_at <= {known_at:DateTime64(3)}
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

-- What is this market? A row is one interval of days in which a market has one name and kind, as the registry
-- was known at {known_at}.

CREATE OR REPLACE VIEW registry_market AS
SELECT market, fact.1 AS name, fact.2 AS market_kind, fact.3 AS area, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY market ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT assumeNotNull(r.market) AS market, r.effective_from AS effective_from,
        argMax((coalesce(r.name, ''), coalesce(r.market_kind, ''), coalesce(r.area, '')), r.rank) AS fact
    FROM registry_statement AS r
    WHERE r.kind = 'market' AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY market, effective_from);

-- What is this stall? A row is one interval of days in which a stall has one name, product and area (a ward, or
-- a row of stalls).

CREATE OR REPLACE VIEW registry_stall AS
SELECT market, stall, fact.1 AS name, fact.2 AS product, fact.3 AS area, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY market, stall ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT assumeNotNull(r.market) AS market, assumeNotNull(r.stall) AS stall, r.effective_from AS effective_from,
        argMax((coalesce(r.name, ''), coalesce(r.product, ''), coalesce(r.area, '')), r.rank) AS fact
    FROM registry_statement AS r
    WHERE r.kind = 'stall' AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY market, stall, effective_from);

-- What is this vendor called, and what does he sell? A row is one interval of days, as for markets.

CREATE OR REPLACE VIEW registry_vendor AS
SELECT vendor, fact.1 AS name, fact.2 AS product, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY vendor ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT assumeNotNull(r.vendor) AS vendor, r.effective_from AS effective_from,
        argMax((coalesce(r.name, ''), coalesce(r.product, '')), r.rank) AS fact
    FROM registry_statement AS r
    WHERE r.kind = 'vendor' AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY vendor, effective_from);

-- How many stalls were counted? A row is one interval of days between two censuses of a market.

CREATE OR REPLACE VIEW registry_census AS
SELECT market, stall_count, effective_from,
    leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
        PARTITION BY market ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS effective_to
FROM (
    SELECT assumeNotNull(r.market) AS market, r.effective_from AS effective_from, argMax(assumeNotNull(r.stall_count), r.rank) AS stall_count
    FROM registry_statement AS r
    WHERE r.kind = 'census_taken' AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY market, effective_from);

-- Was the market open? A row is a day of a market that the calendar names; other days are open.

CREATE OR REPLACE VIEW registry_trading_day AS
SELECT assumeNotNull(r.market) AS market, toDate(r.effective_from) AS day, argMax(assumeNotNull(r.open), r.rank) AS is_open
FROM registry_statement AS r
WHERE r.kind = 'trading_day' AND r.vendor IS NULL AND r.recorded_at <= {known_at:DateTime64(3)}
GROUP BY market, day;

-- Was the vendor there? A row is a day of a vendor in a market that somebody wrote down; on other days he is
-- taken to be there.

CREATE OR REPLACE VIEW registry_absence AS
SELECT assumeNotNull(r.market) AS market, assumeNotNull(r.vendor) AS vendor, toDate(r.effective_from) AS day,
    argMax(assumeNotNull(r.open), r.rank) AS is_present
FROM registry_statement AS r
WHERE r.kind = 'trading_day' AND r.vendor IS NOT NULL AND r.recorded_at <= {known_at:DateTime64(3)}
GROUP BY market, vendor, day;

-- Which codes hang where? A row is one QR code from its issue until it was revoked (or issued again).

CREATE OR REPLACE VIEW registry_qr AS
SELECT qr, fact.2 AS market, fact.3 AS stall, fact.4 AS vendor, fact.5 AS account, issued_on, revoked_on
FROM (
    SELECT qr, fact, effective_from AS issued_on,
        leadInFrame(effective_from, 1, toDate32('2149-06-06')) OVER (
            PARTITION BY qr ORDER BY effective_from ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS revoked_on
    FROM (
        SELECT assumeNotNull(r.qr) AS qr, r.effective_from AS effective_from,
            argMax((r.kind, coalesce(r.market, ''), coalesce(r.stall, ''), coalesce(r.vendor, ''), coalesce(r.account, '')), r.rank) AS fact
        FROM registry_statement AS r
        WHERE r.kind IN ('qr_issued', 'qr_revoked') AND r.recorded_at <= {known_at:DateTime64(3)}
        GROUP BY qr, effective_from))
WHERE fact.1 = 'qr_issued';

-- Who was visited? A row is one visit of a digital team, told once or several times.

CREATE OR REPLACE VIEW registry_visit AS
SELECT toDate(r.effective_from) AS day, assumeNotNull(r.market) AS market, assumeNotNull(r.team) AS team,
    coalesce(r.stall, '') AS stall, coalesce(r.vendor, '') AS vendor, min(r.recorded_at) AS recorded_first_at
FROM registry_fact AS r
WHERE r.kind = 'team_visit' AND r.recorded_at <= {known_at:DateTime64(3)}
GROUP BY ALL;

-- Which market fees are owed, and how were they paid? A row is one fee of a stall for one month (its first day).
-- What was paid is stated as the sum so far, so the latest statement for each tender stands. A fee that was
-- paid though nobody said that it is due has due_vnd NULL.

CREATE OR REPLACE VIEW registry_fee AS
SELECT s.market AS market, s.stall AS stall, s.month AS month, s.fee AS fee,
    anyIf(toNullable(s.amount_vnd), s.kind = 'fee_due') AS due_vnd,
    toInt128(sumIf(s.amount_vnd, s.kind = 'fee_paid' AND s.tender = 'cashless')) AS paid_cashless_vnd,
    toInt128(sumIf(s.amount_vnd, s.kind = 'fee_paid' AND s.tender = 'cash')) AS paid_cash_vnd
FROM (
    SELECT r.kind AS kind, assumeNotNull(r.market) AS market, assumeNotNull(r.stall) AS stall,
        toStartOfMonth(toDate(r.effective_from)) AS month, coalesce(r.note, '') AS fee, coalesce(r.tender, '') AS tender,
        argMax(assumeNotNull(r.amount_vnd), r.rank) AS amount_vnd
    FROM registry_statement AS r
    WHERE r.kind IN ('fee_due', 'fee_paid') AND r.recorded_at <= {known_at:DateTime64(3)}
    GROUP BY kind, market, stall, month, fee, tender) AS s
GROUP BY market, stall, month, fee;

-- What do acquirers and fee offices say of whole markets? A row is one week (its Monday) of a market, as one
-- reporter last stated it for one kind of rail, known at {known_at}. Never evidence of payments: stalls that send
-- no events are seen here alone.

CREATE OR REPLACE VIEW registry_total AS
SELECT assumeNotNull(r.market) AS market, toDate(r.effective_from) AS week, assumeNotNull(r.name) AS reported_by,
    assumeNotNull(r.rail_class) AS rail_class,
    argMax((assumeNotNull(r.payment_count), assumeNotNull(r.amount_vnd), toString(r.source)), r.rank) AS stated,
    stated.1 AS payment_count, stated.2 AS amount_vnd, stated.3 AS source
FROM registry_statement AS r
WHERE r.kind = 'market_total' AND r.recorded_at <= {known_at:DateTime64(3)}
GROUP BY market, week, reported_by, rail_class;

-- Which plans of evaluations does the log know? A row is the hash of a plan under the plan's id, and when the log
-- first recorded it.

CREATE OR REPLACE VIEW registry_evaluation AS
SELECT assumeNotNull(r.name) AS plan, assumeNotNull(r.note) AS digest, min(r.recorded_at) AS recorded_first_at
FROM registry_fact AS r
WHERE r.kind = 'evaluation_registered'
GROUP BY plan, digest;
