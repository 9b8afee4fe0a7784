-- On which days was each vendor paid?
-- Grain: a market's part of a group in a block of 52 weeks. `records` are packed, a vendor after the other: the hash of market and
-- vendor (8 bytes), then a byte for each week and a bit for each day of it, Monday first.
SELECT b.market AS market, {by:String} IN ('market', 'row', 'vendor') AS is_within,
    multiIf({by:String} = 'market', b.market, {by:String} = 'kind', {market_kinds:Array(String)}[indexOf({market_codes:Array(String)}, b.market)],
        {by:String} = 'vendor', b.vendor, {by:String} IN ('row', 'product', 'cohort'), g.grp, '') AS grp,
    b.block AS block,
    base64Encode(arrayStringConcat(groupArray(concat(reinterpretAsFixedString(cityHash64(b.market, b.vendor)), b.days)))) AS records
FROM vendor_bits AS b
LEFT ANY JOIN (SELECT market, vendor, grp FROM asked_group WHERE ask = {group_ask:String}) AS g
    ON g.market = b.market AND g.vendor = b.vendor
WHERE b.ask = {ask:String} AND b.row_kind = 'vendor' AND b.block <= {last_block:UInt16}
    AND (NOT {is_filtered:Bool} OR has({market_codes:Array(String)}, b.market))
    AND (empty({vendors:Array(String)}) OR has({vendors:Array(String)}, b.vendor))
GROUP BY market, grp, block
ORDER BY market, grp, block
