-- How is the money of each group and period spread over the vendors that were paid?
-- Grain: a group in a period. `rank_sum` is the sum of rank times money, the least paid vendor having rank 1.
WITH
    vendors AS (
        SELECT f.start AS start, f.cell_market AS cell_market, f.grp AS grp, f.market AS market, f.vendor AS vendor,
            sum(f.payment_vnd) AS vnd
        FROM (/* view figure_day */) AS f
        WHERE f.vendor != '' AND f.payment_count > 0
        GROUP BY start, cell_market, grp, market, vendor),
    ranked AS (
        SELECT start, cell_market, grp, vnd,
            row_number() OVER (PARTITION BY start, cell_market, grp ORDER BY vnd) AS rank,
            count() OVER (PARTITION BY start, cell_market, grp) AS vendor_count
        FROM vendors)
SELECT start, cell_market, grp, any(r.vendor_count) AS vendor_count, sum(r.vnd) AS payment_vnd,
    sum(toInt256(r.vnd) * r.rank) AS rank_sum,
    intDiv(any(r.vendor_count) + 9, 10) AS top_count,
    sumIf(r.vnd, r.rank > r.vendor_count - intDiv(r.vendor_count + 9, 10)) AS top_vnd
FROM ranked AS r
GROUP BY start, cell_market, grp
ORDER BY start, cell_market, grp
