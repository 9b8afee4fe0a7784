-- How much was paid to each vendor?
-- Grain: a vendor in a market on a day; unattributed payments have vendor ''.
SELECT day, market, vendor, payment_count, payment_vnd, payer_count, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count, paid_vendor_count
FROM vendor_day
WHERE day BETWEEN {first_day:Date} AND {last_day:Date}
    AND ({market:Nullable(String)} IS NULL OR market = {market:Nullable(String)})
    AND ({vendor:Nullable(String)} IS NULL OR vendor = {vendor:Nullable(String)})
ORDER BY day, market, vendor
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
