-- For BI tools: what evaluations and rollout plans are made from (docs/bi.md). Money in đồng, days in
-- Asia/Ho_Chi_Minh, weeks by their Monday. Verdicts, forecasts and plans are computed: ask the API for them.

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
