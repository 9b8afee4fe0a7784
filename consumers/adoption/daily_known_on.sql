-- What were the figures of consecutive days of one week as known at {known_at}?
-- Grain: a vendor in a market, or a market, on a day.
SELECT day, market, vendor, payment_count, payment_vnd, payer_count, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count, if(row_kind = 'market', of_market, is_active) AS active_vendor_count
FROM (
    SELECT *, toUInt64(row_kind = 'vendor' AND vendor != '' AND payment_count > 0) AS is_active,
        sum(is_active) OVER (PARTITION BY day, market) AS of_market
    FROM day_figures(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16}, amount_vnd_min = {amount_vnd_min:Int64},
        known_at = {known_at:DateTime64(3)})
    WHERE row_kind != 'state')
WHERE row_kind = {by:String}
    AND ({market:Nullable(String)} IS NULL OR market = {market:Nullable(String)})
    AND ({vendor:Nullable(String)} IS NULL OR vendor = {vendor:Nullable(String)})
ORDER BY day, market, vendor
