-- How much was paid in one period and in an earlier one, by all vendors and by those that were paid in both?
-- Grain: a group. A vendor with the name '' is nobody: it counts in totals only.
WITH
    vendors AS (
        SELECT f.cell_market AS cell_market, f.grp AS grp, f.market AS market, f.vendor AS vendor,
            sumIf(f.payment_count, f.day >= {this_first_day:Date}) AS n, sumIf(f.payment_vnd, f.day >= {this_first_day:Date}) AS vnd,
            sumIf(f.payment_vnd, f.day >= {this_first_day:Date} AND f.is_open) AS open_vnd,
            sumIf(f.payment_count, f.day <= {before_last_day:Date}) AS n0, sumIf(f.payment_vnd, f.day <= {before_last_day:Date}) AS vnd0,
            sumIf(f.payment_vnd, f.day <= {before_last_day:Date} AND f.is_open) AS open_vnd0
        FROM (/* view figure_day */) AS f
        WHERE f.day >= {this_first_day:Date} OR f.day <= {before_last_day:Date}
        GROUP BY cell_market, grp, market, vendor)
SELECT {this_first_day:Date} AS start, cell_market, grp, sum(n) AS count, sum(n0) AS count0, sum(v.vnd) AS vnd, sum(v.vnd0) AS vnd0,
    sum(v.open_vnd) AS open_vnd, sum(v.open_vnd0) AS open_vnd0,
    sumIf(n, n > 0 AND n0 > 0 AND vendor != '') AS same_count, sumIf(n0, n > 0 AND n0 > 0 AND vendor != '') AS same_count0,
    sumIf(v.vnd, n > 0 AND n0 > 0 AND vendor != '') AS same_vnd, sumIf(v.vnd0, n > 0 AND n0 > 0 AND vendor != '') AS same_vnd0,
    countIf(n > 0 AND n0 > 0 AND vendor != '') AS same_vendors, countIf(n > 0 AND n0 = 0 AND vendor != '') AS started_vendors,
    countIf(n = 0 AND n0 > 0 AND vendor != '') AS stopped_vendors
FROM vendors AS v
GROUP BY cell_market, grp
ORDER BY cell_market, grp
