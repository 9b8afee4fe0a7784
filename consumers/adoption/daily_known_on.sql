-- What were the figures of consecutive days of one week as known at {known_at}?
-- Grain: a vendor in a market, or a market, on a day.
SELECT day, market, vendor, payment_count, payment_vnd, payer_count, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count, active_vendor_count
FROM day_figures(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16}, amount_vnd_min = {amount_vnd_min:Int64},
    known_at = {known_at:DateTime64(3)})
WHERE row_kind = {by:String}
    AND ({market:Nullable(String)} IS NULL OR market = {market:Nullable(String)})
    AND ({vendor:Nullable(String)} IS NULL OR vendor = {vendor:Nullable(String)})
ORDER BY day, market, vendor
