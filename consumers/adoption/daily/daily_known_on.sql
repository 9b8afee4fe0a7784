-- What were the figures of consecutive days of one week as known at {known_at}?
-- Grain: a vendor in a market, or a market, on a day.
SELECT day, market, vendor, payment_count, payment_vnd, payer_count, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count, paid_vendor_count
FROM (/* view day_figures */)
WHERE row_kind = {by:String}
    AND ({market:Nullable(String)} IS NULL OR market = {market:Nullable(String)})
    AND ({vendor:Nullable(String)} IS NULL OR vendor = {vendor:Nullable(String)})
ORDER BY day, market, vendor
