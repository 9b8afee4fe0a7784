-- Which vendor had which stall, account or code, and from when until when?
-- Grain: a market. `records` are packed, an interval after the other: the hash of market and vendor, the hash of market and stall
-- (0: none named), 8 bytes each; the first day and the day after the last, days since 1970, and a kind, 2 bytes each: 1 a stall's
-- code, 2 an account, 3 a QR code (of the vendor who was named when it was issued; 0: nobody).
SELECT market,
    base64Encode(arrayStringConcat(groupArray(concat(
        reinterpretAsFixedString(if(vendor = '', 0, cityHash64(market, vendor))),
        reinterpretAsFixedString(if(stall = '', 0, cityHash64(market, stall))),
        reinterpretAsFixedString(toUInt16(effective_from)), reinterpretAsFixedString(toUInt16(effective_to)),
        reinterpretAsFixedString(toUInt16(multiIf(shape = 'qr', 3, name = 'account', 2, 1))))))) AS records
FROM registry_span
WHERE ask = {ask:String} AND shape IN ('link', 'qr') AND (vendor != '' OR shape = 'qr')
GROUP BY market
