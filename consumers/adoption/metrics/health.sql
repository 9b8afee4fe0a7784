-- On what evidence do the figures of each market and day's period rest?
-- Grain: a market (or all of them) in a period.
WITH
    told AS (
        SELECT day, market, report_count, duplicate_count, late_count
        FROM (/* view asked_report_day */)),
    paid AS (
        SELECT day, market, vendor, payment_count, cash_count, conflict_count, failed_count, reversed_count, small_count
        FROM (/* view asked_vendor_day */)),
    both_sides AS (
        SELECT day, market, report_count, duplicate_count, late_count, 0 AS payment_count, 0 AS unattributed_count,
            0 AS cash_count, 0 AS conflict_count, 0 AS failed_count, 0 AS reversed_count, 0 AS small_count
        FROM told
        UNION ALL
        SELECT day, market, 0, 0, 0, payment_count, if(vendor = '', payment_count, 0), cash_count, conflict_count, failed_count,
            reversed_count, small_count
        FROM paid)
SELECT
    greatest(multiIf({grain:String} = 'day', b.day, {grain:String} = 'week', toMonday(b.day),
        {grain:String} = 'month', toStartOfMonth(b.day), {first_day:Date}), {first_day:Date}) AS start,
    if({by:String} = 'market', b.market, '') AS cell_market,
    multiIf({by:String} = 'market', b.market,
        {by:String} = 'kind', {market_kinds:Array(String)}[indexOf({market_codes:Array(String)}, b.market)], '') AS grp,
    sum(b.report_count), sum(b.duplicate_count), sum(b.late_count), sum(b.payment_count), sum(b.unattributed_count),
    sum(b.cash_count), sum(b.conflict_count), sum(b.failed_count), sum(b.reversed_count), sum(b.small_count)
FROM both_sides AS b
WHERE NOT {is_filtered:Bool} OR has({market_codes:Array(String)}, b.market)
GROUP BY start, cell_market, grp
ORDER BY start, cell_market, grp
