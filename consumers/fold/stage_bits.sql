-- Make the bits of some weeks of a block anew from the folded days, and carry its other weeks over.
-- Grain: a vendor in a market, and the block's state.
INSERT INTO vendor_bits_staging (ask, block, row_kind, market, vendor, weeks, masks, hashes)
SELECT '', {block:UInt16}, 'vendor', market, vendor, arraySort(groupArray((week, mask))).1, arraySort(groupArray((week, mask))).2, []
FROM (
    SELECT market, vendor, week, mask
    FROM vendor_bits ARRAY JOIN weeks AS week, masks AS mask
    WHERE ask = '' AND block = {block:UInt16} AND row_kind = 'vendor' AND NOT has({weeks:Array(UInt16)}, week)
    UNION ALL
    SELECT market, vendor, toUInt16(intDiv(toUInt16(day) + 3, 7)) AS week,
        groupBitOr(toUInt8(bitShiftLeft(1, toDayOfWeek(day) - 1))) AS mask
    FROM vendor_day
    WHERE toMonday(day) IN {mondays:Array(Date)} AND vendor != '' AND payment_count > 0
    GROUP BY market, vendor, week)
GROUP BY market, vendor
UNION ALL
SELECT '', {block:UInt16}, 'state', '', '', {state_weeks:Array(UInt16)}, [], {state_hashes:Array(UInt64)}
