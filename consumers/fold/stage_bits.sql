-- Make the bits of some weeks of a block anew from the folded days, and carry its other weeks over.
-- Grain: a vendor in a market, and the block's state.
INSERT INTO vendor_bits_staging (ask, block, row_kind, market, vendor, days, weeks, hashes)
WITH toFixedString(arrayStringConcat(arrayMap(n -> if(has({weeks:Array(UInt16)}, {block:UInt16} * 52 + n), '\0', '\xFF'), range(52))), 52) AS kept_weeks
SELECT '', {block:UInt16}, 'vendor', market, vendor, bitOr(anyIf(days, NOT is_new), anyIf(days, is_new)) AS all_days,
    emptyArrayUInt16(), emptyArrayUInt64()
FROM (
    SELECT market, vendor, bitAnd(b.days, kept_weeks) AS days, false AS is_new
    FROM vendor_bits AS b
    WHERE ask = '' AND block = {block:UInt16} AND row_kind = 'vendor'
    UNION ALL
    -- each week's byte after as many empty ones as weeks lie between it and the one before
    SELECT market, vendor,
        toFixedString(arrayStringConcat(arrayMap((n, before, mask) -> concat(repeat('\0', n - before), char(mask)),
            arraySort(groupArray((n, mask))).1 AS ns, arrayMap(n -> n + 1, arrayPushFront(arrayPopBack(ns), -1)),
            arraySort(groupArray((n, mask))).2)), 52),
        true
    FROM (
        SELECT market, vendor, toInt16(intDiv(toUInt16(day) + 3, 7) - {block:UInt16} * 52) AS n,
            groupBitOr(toUInt8(bitShiftLeft(1, toDayOfWeek(day) - 1))) AS mask
        FROM vendor_day
        WHERE toMonday(day) IN {mondays:Array(Date)} AND vendor != '' AND payment_count > 0
        GROUP BY market, vendor, n)
    GROUP BY market, vendor)
GROUP BY market, vendor
HAVING all_days != toFixedString('', 52)
UNION ALL
SELECT '', {block:UInt16}, 'state', '', '', toFixedString('', 52), {state_weeks:Array(UInt16)}, {state_hashes:Array(UInt64)}
