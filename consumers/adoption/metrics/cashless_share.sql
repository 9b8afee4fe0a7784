-- Of what was sold on days on which a vendor's cash was measured, how much was paid cashless?
-- Grain: a group in a period. q is cashless, t is cashless and cash, summed for each stall; n are the stalls. The sums of
-- squares and products serve the interval clustered by stall.
WITH
    stalls AS (
        SELECT f.start AS start, f.cell_market AS cell_market, f.grp AS grp, f.market AS market, f.vendor AS vendor,
            countIf(f.cash_count > 0) AS measured_days,
            countIf(f.cash_count = 0 AND f.payment_count > 0) AS unmeasured_days,
            toInt256(sumIf(f.payment_count, f.cash_count > 0)) AS q,
            toInt256(sumIf(f.payment_count + f.cash_count, f.cash_count > 0)) AS t,
            toInt256(sumIf(f.payment_vnd, f.cash_count > 0)) AS q_vnd,
            toInt256(sumIf(f.payment_vnd + f.cash_vnd, f.cash_count > 0)) AS t_vnd,
            sumMapIf(f.rail_count, f.cash_count > 0) AS rail_counts,
            sumMapIf(f.rail_vnd, f.cash_count > 0) AS rail_vnds
        FROM (/* view figure_day */) AS f
        WHERE f.vendor != ''
        GROUP BY start, cell_market, grp, market, vendor)
SELECT start, cell_market, grp, countIf(s.measured_days > 0) AS n, sum(s.measured_days) AS measured_days,
    sum(s.unmeasured_days) AS unmeasured_days,
    sum(s.q) AS sum_q, sum(s.t) AS sum_t, sum(s.q * s.q) AS sum_qq, sum(s.q * s.t) AS sum_qt, sum(s.t * s.t) AS sum_tt,
    sum(s.q_vnd) AS sum_q_vnd, sum(s.t_vnd) AS sum_t_vnd, sum(s.q_vnd * s.q_vnd) AS sum_qq_vnd,
    sum(s.q_vnd * s.t_vnd) AS sum_qt_vnd, sum(s.t_vnd * s.t_vnd) AS sum_tt_vnd,
    sumMap(s.rail_counts) AS rail_counts, sumMap(s.rail_vnds) AS rail_vnds
FROM stalls AS s
GROUP BY start, cell_market, grp
ORDER BY start, cell_market, grp
