-- Which paid days that are kept as bits differ from the folded days? Besides bits also what must be empty is compared.
-- Grain: a week of a vendor in a market as one side has it, with how often it is kept and how often it should be.
SELECT market, vendor, week, sum(side) AS difference
FROM (
    SELECT block, market, vendor, arrayJoin(arrayConcat([(-1, 0)], arrayFilter(w -> w.2 != 0,
            arrayMap(n -> (toInt32(block * {weeks_per_block:UInt16} + n), reinterpretAsUInt8(substring(days, n + 1, 1))), range({weeks_per_block:UInt16}))))) AS w,
        w.1 AS week, w.2 AS mask, arrayConcat(arrayMap(n -> toUInt64(n), weeks), hashes) AS others, 1 AS side
    FROM vendor_bits WHERE ask = '' AND row_kind = 'vendor'
    UNION ALL
    SELECT block, market, vendor, (0, 0), -1, 0, [], 1
    FROM vendor_bits WHERE ask = '' AND row_kind = 'state' AND (market != '' OR vendor != '' OR days != repeat('\0', {weeks_per_block:UInt16}))
    UNION ALL
    SELECT toUInt16(intDiv(paid.week, {weeks_per_block:UInt16})) AS block, market, vendor, (0, 0), week, mask, [] AS others, -1
    FROM (
        SELECT market, vendor, toInt32(intDiv(toUInt16(day) + 3, 7)) AS week, groupBitOr(toUInt8(bitShiftLeft(1, toDayOfWeek(day) - 1))) AS mask
        FROM vendor_day WHERE vendor != '' AND payment_count > 0
        GROUP BY market, vendor, week) AS paid
    UNION ALL
    SELECT DISTINCT toUInt16(intDiv(intDiv(toUInt16(day) + 3, 7), {weeks_per_block:UInt16})) AS block, market, vendor, (0, 0), -1, 0, [] AS others, -1
    FROM vendor_day WHERE vendor != '' AND payment_count > 0)
GROUP BY block, market, vendor, week, mask, others
HAVING difference != 0
ORDER BY market, vendor, week
LIMIT {limit:UInt32}
