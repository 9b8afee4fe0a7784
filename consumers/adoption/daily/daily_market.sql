-- How much was paid in each market, by how many vendors?
-- Grain: a market on a day; unattributed payments have market ''.
SELECT day, market, '' AS vendor, payment_count, payment_vnd, payer_count, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count, paid_vendor_count
FROM market_day
WHERE day BETWEEN {first_day:Date} AND {last_day:Date}
    AND ({market:Nullable(String)} IS NULL OR market = {market:Nullable(String)})
ORDER BY day, market
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
