-- Figures for some days of vendors, as a fold would have left them: nine of ten vendor-days have payments.
-- Grain: a vendor in a market on a day, and a market on a day.
INSERT INTO day_fold (day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, rail_count, rail_vnd, paid_vendor_count, first_at, last_at, folded_at)
WITH
    figures AS (
        SELECT
            {first_day:Date} + toUInt16(intDiv(number, {vendors:UInt32})) AS on_day,
            number % {vendors:UInt32} AS vendor_number,
            ['HL1', 'HL2', 'CD1'][vendor_number % 3 + 1] AS in_market,
            if(cityHash64(on_day, vendor_number) % 10 = 0, 0, 1 + cityHash64(on_day, vendor_number, 1) % 40) AS payments,
            payments * 1000 * (10 + cityHash64(on_day, vendor_number, 2) % 90) AS vnd
        FROM numbers({days:UInt32} * toUInt64({vendors:UInt32})))
SELECT
    on_day, if(grouping(vendor_number) = 0, 'vendor', 'market'), in_market,
    if(grouping(vendor_number) = 0, concat('V', leftPad(toString(vendor_number), 5, '0')), ''),
    sum(payments), sum(toInt128(vnd)), sum(payments) - intDiv(sum(payments), 4),
    map('p2p_transfer', toUInt64(sum(payments))), map('p2p_transfer', sum(toInt128(vnd))),
    countIf(payments > 0),
    toDateTime64(on_day, 3, 'UTC'), toDateTime64(on_day, 3, 'UTC') + INTERVAL 12 HOUR, toDateTime64(on_day, 3, 'UTC') + INTERVAL 1 DAY
FROM figures
GROUP BY GROUPING SETS ((on_day, in_market, vendor_number), (on_day, in_market))
