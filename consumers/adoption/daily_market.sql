-- How much was paid in each market, by how many vendors, of how many stalls?
-- Grain: a market on a day; unattributed payments have market ''.
WITH
    figures AS (
        SELECT day, market, payment_count, payment_vnd, payer_count, cash_count, cash_vnd, refund_count, refund_vnd,
            reversed_count, conflict_count, failed_count
        FROM market_day
        WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND ({market:Nullable(String)} IS NULL OR market = {market:Nullable(String)})),
    active AS (
        SELECT day, market, uniqExact(vendor) AS active_vendor_count
        FROM vendor_day
        WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND vendor != '' AND payment_count > 0
            AND ({market:Nullable(String)} IS NULL OR market = {market:Nullable(String)})
        GROUP BY day, market)
SELECT f.day AS day, f.market AS market, '' AS vendor, f.payment_count, f.payment_vnd, f.payer_count, f.cash_count, f.cash_vnd,
    f.refund_count, f.refund_vnd, f.reversed_count, f.conflict_count, f.failed_count, a.active_vendor_count
FROM figures AS f
LEFT JOIN active AS a ON a.day = f.day AND a.market = f.market
ORDER BY day, market
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
