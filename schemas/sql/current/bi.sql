-- For BI tools: plain views with stable names and columns (docs/bi.md). Money in đồng, days in Asia/Ho_Chi_Minh.
-- Names and kinds are those of the row's own day. A column may be added at the end; none is renamed or removed.
-- They show everything: who may read them is for the database's own rights to say. Verdicts, forecasts and plans are
-- computed: ask the API for them.

-- What markets are there today? A row is a market of the registry.

CREATE OR REPLACE VIEW bi_market AS
SELECT m.market AS market, m.name AS market_name, m.market_kind AS market_kind, m.area AS area, c.stall_count AS stall_count
FROM (
    SELECT market, name, market_kind, area FROM registry_span
    WHERE ask = '' AND shape = 'market' AND effective_from <= toDate(now(), 'Asia/Ho_Chi_Minh')
        AND effective_to > toDate(now(), 'Asia/Ho_Chi_Minh')) AS m
LEFT ANY JOIN (
    SELECT market, toNullable(stall_count) AS stall_count FROM registry_span
    WHERE ask = '' AND shape = 'census' AND effective_from <= toDate(now(), 'Asia/Ho_Chi_Minh')
        AND effective_to > toDate(now(), 'Asia/Ho_Chi_Minh')) AS c ON c.market = m.market;

-- How much was paid in each market on each day? A row is a market on a day of which any evidence tells; market '' is
-- nobody's. stall_count and paid_share are NULL where no census is in force.

CREATE OR REPLACE VIEW bi_market_day AS
SELECT
    d.day AS day, d.market AS market, m.name AS market_name, m.market_kind AS market_kind,
    NOT has(t.days, toUInt16(d.day)) AS is_open,
    d.payment_count AS payment_count, d.payment_vnd AS payment_vnd, d.payer_count AS payer_count,
    d.payerless_count AS payerless_count, d.paid_vendor_count AS paid_vendor_count,
    d.cash_count AS cash_count, d.cash_vnd AS cash_vnd, d.refund_count AS refund_count, d.refund_vnd AS refund_vnd,
    d.reversed_count AS reversed_count, d.conflict_count AS conflict_count, d.failed_count AS failed_count,
    if(c.effective_to > d.day, c.stall_count, NULL) AS stall_count,
    paid_vendor_count / nullIf(stall_count, 0) AS paid_share
FROM market_day AS d
LEFT ANY JOIN (SELECT market, days FROM registry_span WHERE ask = '' AND shape = 'closed') AS t ON t.market = d.market
ASOF LEFT JOIN (
    SELECT market, name, market_kind, effective_from FROM registry_span WHERE ask = '' AND shape = 'market') AS m
    ON m.market = d.market AND m.effective_from <= toDate32(d.day)
ASOF LEFT JOIN (
    SELECT market, toNullable(stall_count) AS stall_count, effective_from, effective_to FROM registry_span
    WHERE ask = '' AND shape = 'census') AS c
    ON c.market = d.market AND c.effective_from <= toDate32(d.day);

-- By which rails? A row is a rail class in a market on a day.

CREATE OR REPLACE VIEW bi_rail_day AS
SELECT day, market, rail.1 AS rail_class, rail.2 AS payment_count, rail_vnd[rail.1] AS payment_vnd
FROM market_day
ARRAY JOIN CAST(rail_count, 'Array(Tuple(String, UInt64))') AS rail;

-- How much was each vendor paid? A row is a vendor in a market on a day: personal data.

CREATE OR REPLACE VIEW bi_vendor_day AS
SELECT
    d.day AS day, d.market AS market, d.vendor AS vendor, n.name AS vendor_name,
    d.payment_count AS payment_count, d.payment_vnd AS payment_vnd, d.payer_count AS payer_count,
    d.payerless_count AS payerless_count, d.cash_count AS cash_count, d.cash_vnd AS cash_vnd,
    d.refund_count AS refund_count, d.refund_vnd AS refund_vnd, d.reversed_count AS reversed_count,
    d.conflict_count AS conflict_count, d.failed_count AS failed_count
FROM vendor_day AS d
ASOF LEFT JOIN (
    SELECT vendor, name, effective_from FROM registry_span WHERE ask = '' AND shape = 'vendor') AS n
    ON n.vendor = d.vendor AND n.effective_from <= toDate32(d.day);

-- How do weeks compare? A row is a week (its Monday) of a market; payers are distinct over the whole week. A week is
-- complete when it is over, is not cut by the first evidence, and records came in after it.

CREATE OR REPLACE VIEW bi_market_week AS
SELECT
    toMonday(v.day) AS week, v.market AS market,
    sum(v.payment_count) AS payment_count, sum(v.payment_vnd) AS payment_vnd, uniqExactArray(v.payers) AS payer_count,
    uniqExactIf(v.vendor, v.payment_count > 0 AND v.vendor != '') AS paid_vendor_count,
    countIf(v.payment_count > 0 AND v.vendor != '') AS paid_vendor_day_count,
    sum(v.cash_count) AS cash_count, sum(v.cash_vnd) AS cash_vnd,
    week + 7 <= toDate(now(), 'Asia/Ho_Chi_Minh')
        AND week + 7 <= toDate((SELECT max(recorded_at) FROM evidence), 'Asia/Ho_Chi_Minh')
        AND week >= (SELECT min(day) FROM evidence) AS is_complete
FROM vendor_day AS v
GROUP BY week, market;

-- Which vendors were active at the end of a day? A row is a market; `active` of `choso adoption activity` has the same
-- numerator, for its thresholds are written here. Call it with the day: bi_market_active(last_day = '…').

CREATE OR REPLACE VIEW bi_market_active AS
SELECT
    market,
    countIf(n >= 4 /* active_payments_min */ AND open_days >= 3 /* active_days_min */
        AND payers >= 3 /* active_payers_min */) AS active_vendor_count,
    countIf(n > 0) AS paid_vendor_count
FROM (
    SELECT v.market AS market, v.vendor AS vendor, sum(v.payment_count) AS n,
        countIf(v.payment_count > 0 AND NOT has(t.days, toUInt16(v.day)) AND NOT has(a.days, toUInt16(v.day))) AS open_days,
        uniqExactArray(v.payers) + (sum(v.payerless_count) > 0) AS payers
    FROM vendor_day AS v
    LEFT ANY JOIN (SELECT market, days FROM registry_span WHERE ask = '' AND shape = 'closed') AS t ON t.market = v.market
    LEFT ANY JOIN (SELECT market, vendor, days FROM registry_span WHERE ask = '' AND shape = 'absent') AS a
        ON a.market = v.market AND a.vendor = v.vendor
    WHERE v.day > {last_day:Date} - 28 /* active_window_days */ AND v.day <= {last_day:Date} AND v.vendor != ''
    GROUP BY market, vendor)
GROUP BY market;

-- What did each source report? A row is a source's records about a market that name a day.

CREATE OR REPLACE VIEW bi_report_day AS
SELECT day, market, source, report_count, duplicate_count, late_count FROM report_day;

-- Which market fees are due, and how were they paid? A row is a month of a market; only fees known to be due.

CREATE OR REPLACE VIEW bi_fee_month AS
SELECT f.month AS month, f.market AS market, count() AS fee_count, sum(toInt128(assumeNotNull(f.due_vnd))) AS due_vnd,
    sum(f.paid_cashless_vnd) AS paid_cashless_vnd, sum(f.paid_cash_vnd) AS paid_cash_vnd
FROM registry_fee(known_at = '2100-01-01 00:00:00') AS f
WHERE f.due_vnd > 0
GROUP BY month, market;

-- How fresh is all this? One row.

CREATE OR REPLACE VIEW bi_freshness AS
SELECT
    (SELECT max(recorded_at) FROM evidence) AS recorded_last_at,
    (SELECT max(folded_at) FROM fold_state) AS folded_last_at,
    (SELECT count() FROM fold_state) AS folded_day_count,
    (SELECT count() FROM open_rejection) AS rejected_record_count;

CREATE OR REPLACE VIEW bi_alert AS
SELECT alert, rule, market, subject, day, state, detail, raised_at, acknowledged_at, acknowledged_by
FROM alert;

-- What was paid in each week, and what could have been? A row is a week of a market that the registry knows, from the
-- first week of which any evidence tells. A week without a payment is a zero. `stall_count` is the mean over the
-- week's days, NULL where one of them has no census; rates are over stalls and open days, NULL without them.

CREATE OR REPLACE VIEW bi_evaluation_week AS
SELECT
    e.week AS week, e.market AS market, e.stall_count AS stall_count, e.open_day_count AS open_day_count,
    p.payment_count AS payment_count, p.payment_vnd AS payment_vnd, p.paid_vendor_count AS paid_vendor_count,
    payment_count / nullIf(stall_count * open_day_count, 0) AS payments_per_stall_day,
    payment_vnd / nullIf(stall_count * open_day_count, 0) AS vnd_per_stall_day,
    if(open_day_count > 0, paid_vendor_count / nullIf(stall_count, 0), NULL) AS paying_share,
    week + 7 <= toDate(now(), 'Asia/Ho_Chi_Minh')
        AND week + 7 <= toDate((SELECT max(recorded_at) FROM evidence), 'Asia/Ho_Chi_Minh')
        AND week >= (SELECT min(day) FROM evidence) AS is_complete
FROM (
    SELECT
        d.week AS week, d.market AS market,
        countIf(d.day >= d.since AND NOT has(t.days, toUInt16(d.day))) AS open_day_count,
        if(countIf(c.effective_to > d.day) = 7, avg(c.stall_count), NULL) AS stall_count
    FROM (
        SELECT w.week AS week, m.market AS market, m.since AS since, arrayJoin(arrayMap(n -> w.week + n, range(7))) AS day
        FROM (SELECT DISTINCT toMonday(day) AS week FROM fold_state) AS w
        CROSS JOIN (
            SELECT market, min(effective_from) AS since FROM registry_span WHERE ask = '' AND shape = 'market' GROUP BY market) AS m
        WHERE w.week + 6 >= m.since) AS d
    LEFT ANY JOIN (SELECT market, days FROM registry_span WHERE ask = '' AND shape = 'closed') AS t ON t.market = d.market
    ASOF LEFT JOIN (
        SELECT market, toNullable(stall_count) AS stall_count, effective_from, effective_to FROM registry_span
        WHERE ask = '' AND shape = 'census') AS c
        ON c.market = d.market AND c.effective_from <= toDate32(d.day)
    GROUP BY week, market) AS e
LEFT ANY JOIN bi_market_week AS p ON p.week = e.week AND p.market = e.market;

-- What do acquirers and fee offices say of whole markets? A row is a week of a market, as one reporter last stated it
-- for one kind of rail. Never add it to payments.

CREATE OR REPLACE VIEW bi_market_total AS
SELECT t.week AS week, t.market AS market, t.reported_by AS reported_by, t.rail_class AS rail_class,
    t.payment_count AS payment_count, t.amount_vnd AS payment_vnd, t.source AS source
FROM registry_total(known_at = '2100-01-01 00:00:00') AS t;

-- Which evaluations were registered? A row is the hash of a plan, and when the log first recorded it: the earliest of
-- a plan binds.

CREATE OR REPLACE VIEW bi_evaluation AS
SELECT plan, digest, recorded_first_at FROM registry_evaluation;

-- How does adoption spread? A row is a week of a market in which vendors had their first valid payment ever.

CREATE OR REPLACE VIEW bi_adoption_week AS
SELECT f.week AS week, f.market AS market, f.first_paid_vendor_count AS first_paid_vendor_count,
    sum(f.first_paid_vendor_count) OVER (PARTITION BY f.market ORDER BY f.week) AS ever_paid_vendor_count
FROM (
    SELECT toMonday(first_day) AS week, market, count() AS first_paid_vendor_count
    FROM (
        SELECT market, vendor, min(day) AS first_day FROM vendor_day
        WHERE vendor != '' AND market != '' AND payment_count > 0
        GROUP BY market, vendor)
    GROUP BY week, market) AS f;

-- Whom did teams visit? A row is a visit to a stall or a vendor on a day.

CREATE OR REPLACE VIEW bi_team_visit AS
SELECT v.day AS day, v.market AS market, v.team AS team, v.stall AS stall, v.vendor AS vendor
FROM registry_visit(known_at = '2100-01-01 00:00:00') AS v;
