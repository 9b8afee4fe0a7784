-- How much is paid in each group and period, and how much on a day on which a vendor is open and is paid?
-- Grain: a group in a period. An active open day is a day of one vendor. Tickets are those of active open days.
WITH
    figures AS (
        SELECT * FROM (/* view figure_day */)),
    sums AS (
        SELECT
            start, cell_market, grp,
            uniqExactIf((f.market, f.vendor), f.payment_count > 0 AND f.vendor != '') AS vendor_count,
            countIf(f.is_open AND f.payment_count > 0 AND f.vendor != '') AS active_day_count,
            sum(f.payment_count) AS payment_count,
            sum(f.payment_vnd) AS payment_vnd,
            sumIf(f.payment_count, NOT f.is_open) AS closed_payment_count,
            sumIf(f.payment_count, f.is_open AND f.vendor != '') AS open_payment_count,
            sumIf(f.payment_vnd, f.is_open AND f.vendor != '') AS open_payment_vnd,
            mapSort(sumMapIf(mapApply((amount, n) -> (amount, toUInt64(n)), f.tickets), f.is_open AND f.vendor != '')) AS ticket_counts,
            sumMap(f.rail_count) AS rail_counts,
            sumMap(f.rail_vnd) AS rail_vnds
        FROM figures AS f
        GROUP BY start, cell_market, grp),
    ranked AS (
        SELECT *, mapKeys(ticket_counts) AS amounts, arrayCumSum(mapValues(ticket_counts)) AS ranks FROM sums)
SELECT
    start, cell_market, grp, vendor_count, active_day_count, payment_count, payment_vnd, closed_payment_count,
    open_payment_count, open_payment_vnd,
    arrayFirst((amount, rank) -> rank >= intDiv(ranks[-1] + 1, 2), amounts, ranks) AS middle_low_vnd,
    arrayFirst((amount, rank) -> rank >= intDiv(ranks[-1], 2) + 1, amounts, ranks) AS middle_high_vnd,
    rail_counts, rail_vnds
FROM ranked
ORDER BY start, cell_market, grp
