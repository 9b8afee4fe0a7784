-- What does the registry know of each market on each day of a range, as known at {known_at}?
-- Grain: a market on a day.
WITH days AS (SELECT arrayJoin(arrayMap(n -> {first_day:Date} + n, range(toUInt32({last_day:Date} - {first_day:Date}) + 1))) AS day)
SELECT m.day AS day, m.market AS market, m.name AS name, m.market_kind AS market_kind, c.stall_count AS stall_count,
    coalesce(t.is_open, true) AS is_open
FROM (
    SELECT days.day AS day, r.market AS market, r.name AS name, r.market_kind AS market_kind
    FROM days CROSS JOIN registry_market(known_at = {known_at:DateTime64(3)}) AS r
    WHERE r.effective_from <= days.day AND r.effective_to > days.day) AS m
LEFT JOIN (
    SELECT days.day AS day, r.market AS market, toNullable(r.stall_count) AS stall_count
    FROM days CROSS JOIN registry_census(known_at = {known_at:DateTime64(3)}) AS r
    WHERE r.effective_from <= days.day AND r.effective_to > days.day) AS c ON c.day = m.day AND c.market = m.market
LEFT JOIN (
    SELECT day, market, toNullable(is_open) AS is_open FROM registry_trading_day(known_at = {known_at:DateTime64(3)})
    WHERE day BETWEEN {first_day:Date} AND {last_day:Date}) AS t ON t.day = m.day AND t.market = m.market
