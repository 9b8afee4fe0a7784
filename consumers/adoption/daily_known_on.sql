-- What were one day's figures as known at {known_at}?
-- Grain: a vendor in a market, or a market.
WITH figures AS (
    SELECT * FROM day_figures(day = {day:Date}, window_days = {window_days:UInt16}, amount_vnd_min = {amount_vnd_min:Int64},
        known_at = {known_at:DateTime64(3)})
    WHERE row_kind != 'state')
SELECT {day:Date} AS day, market, vendor, payment_count, payment_vnd, payer_count, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count,
    if(row_kind = 'market',
        (SELECT map_of[f.market] FROM (
            SELECT mapFromArrays(groupArray(market), groupArray(n)) AS map_of FROM (
                SELECT market, countIf(payment_count > 0 AND vendor != '') AS n FROM figures WHERE row_kind = 'vendor' GROUP BY market))),
        toUInt64(vendor != '' AND payment_count > 0)) AS active_vendor_count
FROM figures AS f
WHERE row_kind = {by:String}
    AND ({market:Nullable(String)} IS NULL OR market = {market:Nullable(String)})
    AND ({vendor:Nullable(String)} IS NULL OR vendor = {vendor:Nullable(String)})
ORDER BY market, vendor
