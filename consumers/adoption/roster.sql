-- Which vendor had which stall, account or code, and from when until when?
-- Grain: a market's part of a group. `records` are packed, an interval after the other: the hash of market and vendor, the hash
-- of market and stall (0: none named), 8 bytes each; the first day and the day after the last, days since 1970, and a kind, 2 bytes
-- each: 1 a stall's code, 2 an account, 3 a QR code (of the vendor who was named when it was issued; 0: nobody).
SELECT s.market AS market, {by:String} IN ('market', 'row', 'vendor') AS is_within,
    multiIf({by:String} = 'market', s.market, {by:String} = 'kind', {market_kinds:Array(String)}[indexOf({market_codes:Array(String)}, s.market)],
        {by:String} = 'vendor', s.vendor, {by:String} IN ('row', 'product', 'cohort'), g.grp, '') AS grp,
    base64Encode(arrayStringConcat(groupArray(concat(
        reinterpretAsFixedString(if(s.vendor = '', 0, cityHash64(s.market, s.vendor))),
        reinterpretAsFixedString(if(s.stall = '', 0, cityHash64(s.market, s.stall))),
        reinterpretAsFixedString(toUInt16(s.effective_from)), reinterpretAsFixedString(toUInt16(s.effective_to)),
        reinterpretAsFixedString(toUInt16(multiIf(s.shape = 'qr', 3, s.name = 'account', 2, 1))))))) AS records
FROM registry_span AS s
LEFT ANY JOIN (SELECT market, vendor, grp FROM asked_group WHERE ask = {group_ask:String}) AS g
    ON g.market = s.market AND g.vendor = s.vendor
WHERE s.ask = {ask:String} AND s.shape IN ('link', 'qr') AND s.effective_from <= {last_day:Date} AND (s.vendor != '' OR s.shape = 'qr')
    AND (NOT {is_filtered:Bool} OR has({market_codes:Array(String)}, s.market))
    AND (empty({vendors:Array(String)}) OR has({vendors:Array(String)}, s.vendor))
GROUP BY market, grp
ORDER BY market, grp
