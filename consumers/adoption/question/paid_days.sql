-- On which days was each vendor paid?
-- Grain: a market in a block of 52 weeks. `records` are packed, a vendor after the other: the hash of market and vendor (8 bytes),
-- then a byte for each week and a bit for each day of it, Monday first.
SELECT block, market,
    base64Encode(arrayStringConcat(groupArray(concat(reinterpretAsFixedString(cityHash64(market, vendor)), days)))) AS records
FROM vendor_bits
WHERE ask = '' AND row_kind = 'vendor' AND block IN {blocks:Array(UInt16)}
GROUP BY block, market
