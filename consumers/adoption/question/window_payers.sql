-- How often was each vendor paid on each day, and by whom?
-- Grain: a day. `vendors` are packed, one after the other: the hash of market and vendor (8 bytes); the day (days since 1970) and how
-- many payers follow, 2 bytes each; valid payments, and those of which no source told a payer, 4 bytes each. `payer_hashes` are their
-- payers' hashes (8 bytes each) in the same order, of each vendor up to {payers_min}.
WITH groupArray((
    concat(reinterpretAsFixedString(cityHash64(market, vendor)), reinterpretAsFixedString(toUInt16(day)),
        reinterpretAsFixedString(toUInt16(least(length(payers), {payers_min:UInt16}))),
        reinterpretAsFixedString(toUInt32(payment_count)), reinterpretAsFixedString(toUInt32(payerless_count))),
    arrayStringConcat(arrayMap(p -> concat(reinterpretAsFixedString(p), ''), arraySlice(payers, 1, {payers_min:UInt16}))))) AS found
SELECT day, base64Encode(arrayStringConcat(found.1)) AS vendors, base64Encode(arrayStringConcat(found.2)) AS payer_hashes
FROM (/* view asked_vendor_day */)
WHERE day IN {days:Array(Date)} AND payment_count > 0 AND vendor != ''
GROUP BY day
