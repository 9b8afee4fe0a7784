-- What adoption metrics read. {ask} '' means the folded figures; anything else names figures that were computed
-- for one question "as known on" and are dropped after it, as is the registry under the same name.

CREATE TABLE IF NOT EXISTS known_day
ENGINE = MergeTree
PARTITION BY ask
ORDER BY (row_kind, market, vendor, day)
TTL asked_at + INTERVAL 1 HOUR
AS SELECT '' AS ask, now() AS asked_at, * FROM day_fold LIMIT 0;

-- A row is a vendor in a market on a day, as in vendor_day.

CREATE OR REPLACE VIEW asked_vendor_day AS
SELECT day, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd,
    refund_count, refund_vnd, reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count
FROM day_fold
WHERE {ask:String} = '' AND row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date}
UNION ALL
SELECT day, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd,
    refund_count, refund_vnd, reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count
FROM known_day
WHERE {ask:String} != '' AND ask = {ask:String} AND row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date};

-- A row is what a source reported of a market and day, as in report_day.

CREATE OR REPLACE VIEW asked_report_day AS
SELECT day, market, source, report_count, duplicate_count, late_count
FROM day_fold
WHERE {ask:String} = '' AND row_kind = 'reports' AND day BETWEEN {first_day:Date} AND {last_day:Date}
UNION ALL
SELECT day, market, source, report_count, duplicate_count, late_count
FROM known_day
WHERE {ask:String} != '' AND ask = {ask:String} AND row_kind = 'reports' AND day BETWEEN {first_day:Date} AND {last_day:Date};

-- Where does a vendor stand on a day? A row is a vendor in a market with the stall, row of stalls and product
-- that the registry last named until {on_day}. Of several stalls that one, which began last, then the greatest code.

CREATE OR REPLACE VIEW vendor_place AS
SELECT l.market AS market, l.vendor AS vendor, l.stall AS stall, s.area AS stall_row,
    if(v.product != '', v.product, s.product) AS product
FROM (
    SELECT market, vendor, argMax(stall, (stall != '', effective_from, stall)) AS stall
    FROM registry_span
    WHERE ask = {ask:String} AND shape = 'link' AND effective_from <= {on_day:Date} AND vendor != ''
    GROUP BY market, vendor) AS l
LEFT ANY JOIN (
    SELECT market, stall, product, area FROM registry_span
    WHERE ask = {ask:String} AND shape = 'stall' AND effective_from <= {on_day:Date} AND effective_to > {on_day:Date}) AS s
    ON s.market = l.market AND s.stall = l.stall
LEFT ANY JOIN (
    SELECT vendor, product FROM registry_span
    WHERE ask = {ask:String} AND shape = 'vendor' AND effective_from <= {on_day:Date} AND effective_to > {on_day:Date}) AS v
    ON v.vendor = l.vendor;

-- To which group does a vendor belong, for one question that groups by what the registry or the history says?
-- Put down for the question and dropped after it, so that questions which need none of it pay nothing for it.

CREATE TABLE IF NOT EXISTS asked_group
(
    ask String,
    asked_at DateTime,
    market String,
    vendor String,
    grp String
)
ENGINE = MergeTree
PARTITION BY ask
ORDER BY (market, vendor)
TTL asked_at + INTERVAL 1 HOUR;

-- A row is a vendor in a market on a day, with its period, its group and whether both market and vendor were there.
-- `cell_market` is the market where the group lies within one. {market_codes} are the markets that are asked for
-- (with {is_filtered} false others too), {market_kinds} and {market_closed} what each is and when it was closed.

CREATE OR REPLACE VIEW figure_day AS
SELECT
    d.day AS day, d.market AS market, d.vendor AS vendor,
    d.payment_count AS payment_count, d.payment_vnd AS payment_vnd, d.payer_count AS payer_count,
    d.payerless_count AS payerless_count, d.payers AS payers, d.tickets AS tickets, d.cash_count AS cash_count,
    d.cash_vnd AS cash_vnd, d.refund_count AS refund_count, d.refund_vnd AS refund_vnd,
    d.reversed_count AS reversed_count, d.conflict_count AS conflict_count, d.failed_count AS failed_count,
    d.small_count AS small_count, d.rail_count AS rail_count, d.rail_vnd AS rail_vnd, d.method_count AS method_count,
    greatest(multiIf({grain:String} = 'day', d.day, {grain:String} = 'week', toMonday(d.day),
        {grain:String} = 'month', toStartOfMonth(d.day), {first_day:Date}), {first_day:Date}) AS start,
    indexOf({market_codes:Array(String)}, d.market) AS market_number,
    if({by:String} IN ('market', 'row', 'vendor'), d.market, '') AS cell_market,
    multiIf({by:String} = 'market', d.market, {by:String} = 'kind', {market_kinds:Array(String)}[market_number],
        {by:String} = 'vendor', d.vendor, {by:String} IN ('row', 'product', 'cohort'), g.grp, '') AS grp,
    NOT has({market_closed:Array(Array(Date))}[market_number], d.day) AND NOT has(a.days, toUInt16(d.day)) AS is_open
FROM asked_vendor_day(ask = {ask:String}, first_day = {first_day:Date}, last_day = {last_day:Date}) AS d
LEFT ANY JOIN (
    SELECT market, vendor, days FROM registry_span WHERE ask = {ask:String} AND shape = 'absent') AS a
    ON a.market = d.market AND a.vendor = d.vendor
LEFT ANY JOIN (
    SELECT market, vendor, grp FROM asked_group WHERE ask = {group_ask:String}) AS g ON g.market = d.market AND g.vendor = d.vendor
WHERE (NOT {is_filtered:Bool} OR market_number > 0)
    AND (empty({vendors:Array(String)}) OR has({vendors:Array(String)}, d.vendor));

-- What an evaluation reads: figures as known at its cut-off. Few days have evidence that came later; only these are
-- computed anew and put down under {ask} (see known_day), all others are as folded. A row is a vendor in a market on
-- a day; {asked_days} are the days that were put down.

CREATE OR REPLACE VIEW mixed_vendor_day AS
SELECT day, market, vendor, payment_count, payment_vnd
FROM day_fold
WHERE row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date} AND NOT has({asked_days:Array(Date)}, day)
    AND market IN {markets:Array(String)}
UNION ALL
SELECT day, market, vendor, payment_count, payment_vnd
FROM known_day
WHERE ask = {ask:String} AND row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date}
    AND has({asked_days:Array(Date)}, day) AND market IN {markets:Array(String)};
