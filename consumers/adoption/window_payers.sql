-- How often was each vendor paid, by how many payers, in the days up to some day?
-- Grain: a last day. `records` are packed, a vendor with enough payments after the other: the hash of market and vendor (8 bytes),
-- valid payments, distinct payer tokens (counted up to {payers_min}: then there may be more), and payments of which no source told a
-- payer (4 bytes each).
SELECT end_day,
    base64Encode(arrayStringConcat(groupArray(concat(reinterpretAsFixedString(vendor_hash), reinterpretAsFixedString(toUInt32(payments)),
        reinterpretAsFixedString(toUInt32(payers_told)), reinterpretAsFixedString(toUInt32(payerless)))))) AS records
FROM (
    SELECT cityHash64(market, vendor) AS vendor_hash,
        arrayJoin(arrayFilter(e -> day BETWEEN e - {days:UInt16} + 1 AND e, {end_days:Array(Date)})) AS end_day,
        sum(payment_count) AS payments, uniqExactArray(arraySlice(payers, 1, {payers_min:UInt32})) AS payers_told, sum(payerless_count) AS payerless
    FROM (/* view asked_vendor_day */)
    WHERE payment_count > 0 AND vendor != '' AND (NOT {is_filtered:Bool} OR has({market_codes:Array(String)}, market))
        AND (empty({vendors:Array(String)}) OR has({vendors:Array(String)}, vendor))
    GROUP BY market, vendor, end_day
    HAVING payments >= {payments_min:UInt32})
GROUP BY end_day
