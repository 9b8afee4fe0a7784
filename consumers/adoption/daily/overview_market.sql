-- How do the markets stand over the last complete days, and today?
-- Grain: a market.
WITH
    vendors AS (
        SELECT market, vendor, sum(payment_count) AS n, sum(payment_vnd) AS vnd
        FROM vendor_day WHERE day >= {first_day:Date} AND day < {today:Date}
        GROUP BY market, vendor),
    window_figures AS (
        SELECT market, sum(n) AS payment_count, sum(vnd) AS payment_vnd, countIf(n > 0 AND vendor != '') AS paid
        FROM vendors GROUP BY market),
    today_figures AS (
        SELECT market, sum(payment_count) AS n, sum(payment_vnd) AS vnd FROM market_day WHERE day = {today:Date} GROUP BY market),
    names AS (
        SELECT market, name FROM registry_market(known_at = {known_at:DateTime64(3)})
        WHERE effective_from <= {today:Date} AND effective_to > {today:Date}),
    all_markets AS (
        SELECT market FROM window_figures UNION DISTINCT SELECT market FROM today_figures UNION DISTINCT SELECT market FROM names)
SELECT a.market, n.name, w.payment_count, w.payment_vnd, w.paid, t.n, t.vnd
FROM all_markets AS a
LEFT JOIN window_figures AS w ON w.market = a.market
LEFT JOIN today_figures AS t ON t.market = a.market
LEFT JOIN names AS n ON n.market = a.market
ORDER BY a.market = '', a.market
