-- Project the registry as known at {known_at} into the staging table.
-- Grain: an interval of days of a market, census, link, stall, vendor or code; the days of a market or vendor without trade; the state.
INSERT INTO registry_span_staging (
    ask, shape, market, vendor, stall, key, name, market_kind, product, area, stall_count, effective_from, effective_to, days,
    fact_count, fact_hash)
WITH
    '1970-01-01'::Date32 AS ever,
    day -> [('week', intDiv(toUInt16(day) + 3, 7), 7),
        ('month', toRelativeMonthNum(day) - 23641, toLastDayOfMonth(day) - toStartOfMonth(day) + 1)] AS periods_of
SELECT {ask:String}, 'market', market, '', '', '', name, market_kind, '', area, toInt64(0), effective_from, effective_to, [], 0, 0
FROM registry_market(known_at = {known_at:DateTime64(3)})
UNION ALL
SELECT {ask:String}, 'census', market, '', '', '', '', '', '', '', stall_count, effective_from, effective_to, [], 0, 0
FROM registry_census(known_at = {known_at:DateTime64(3)})
UNION ALL
SELECT {ask:String}, 'link', market, vendor, stall, key, method, '', '', '', toInt64(0), effective_from, effective_to, [], 0, 0
FROM registry_link(known_at = {known_at:DateTime64(3)})
UNION ALL
SELECT {ask:String}, 'stall', market, '', stall, '', name, '', product, area, toInt64(0), effective_from, effective_to, [], 0, 0
FROM registry_stall(known_at = {known_at:DateTime64(3)})
UNION ALL
SELECT {ask:String}, 'vendor', '', vendor, '', '', name, '', product, '', toInt64(0), effective_from, effective_to, [], 0, 0
FROM registry_vendor(known_at = {known_at:DateTime64(3)})
UNION ALL
SELECT {ask:String}, 'qr', q.market, if(q.vendor = '' AND l.effective_to > q.issued_on, l.vendor, q.vendor), q.stall, q.qr, '', '', '', '',
    toInt64(0), q.issued_on, q.revoked_on, [], 0, 0
FROM registry_qr(known_at = {known_at:DateTime64(3)}) AS q
ASOF LEFT JOIN (
    SELECT market, key, vendor, effective_from, effective_to FROM registry_link(known_at = {known_at:DateTime64(3)})
    WHERE method = 'stall_code') AS l
    ON l.market = q.market AND l.key = q.stall AND l.effective_from <= q.issued_on
UNION ALL
SELECT {ask:String}, 'closed', market, '', '', '', '', '', '', '', toInt64(0), ever, ever, arraySort(groupArray(toUInt16(day))), 0, 0
FROM registry_trading_day(known_at = {known_at:DateTime64(3)}) WHERE NOT is_open GROUP BY market
UNION ALL
SELECT {ask:String}, 'absent', market, vendor, '', '', '', '', '', '', toInt64(0), ever, ever, arraySort(groupArray(toUInt16(day))), 0, 0
FROM registry_absence(known_at = {known_at:DateTime64(3)}) WHERE NOT is_present GROUP BY market, vendor
UNION ALL
SELECT {ask:String}, 'away', market, vendor, '', grain, '', '', '', '', toInt64(0), ever, ever, arraySort(groupArray(toUInt16(period))), 0, 0
FROM (
    SELECT a.market AS market, a.vendor AS vendor, a.grain AS grain, a.period AS period
    FROM (
        SELECT market, vendor, arrayJoin(periods_of(day)) AS p, p.1 AS grain, p.2 AS period, any(p.3) AS day_count, uniqExact(day) AS absent_count
        FROM registry_absence(known_at = {known_at:DateTime64(3)})
        WHERE NOT is_present
            AND (market, day) NOT IN (SELECT market, day FROM registry_trading_day(known_at = {known_at:DateTime64(3)}) WHERE NOT is_open)
        GROUP BY market, vendor, p) AS a
    LEFT ANY JOIN (
        SELECT market, arrayJoin(periods_of(day)) AS p, p.1 AS grain, p.2 AS period, count() AS closed_count
        FROM registry_trading_day(known_at = {known_at:DateTime64(3)}) WHERE NOT is_open
        GROUP BY market, p) AS c
        ON c.market = a.market AND c.grain = a.grain AND c.period = a.period
    WHERE a.absent_count + c.closed_count = a.day_count)
GROUP BY market, vendor, grain
UNION ALL
SELECT {ask:String}, 'state', '', '', '', '', '', '', '', '', toInt64(0), ever, ever, [], {fact_count:UInt64}, {fact_hash:UInt64}
