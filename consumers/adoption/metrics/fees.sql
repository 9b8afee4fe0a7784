-- How much of the market fees that are due was paid cashless?
-- Grain: a group in a period. A stall has paid cashless where all its fees of the period were, in full.
WITH
    stall_groups AS (
        SELECT market, stall, if({by:String} = 'row', area, product) AS grp
        FROM registry_stall(known_at = {known_at:DateTime64(3)})
        WHERE {by:String} IN ('row', 'product') AND effective_from <= {last_day:Date} AND effective_to > {last_day:Date}),
    fees AS (
        SELECT
            greatest(if({grain:String} = 'month', f.month, {first_day:Date}), {first_day:Date}) AS start,
            if({by:String} IN ('market', 'row'), f.market, '') AS cell_market,
            multiIf({by:String} = 'market', f.market,
                {by:String} = 'kind', {market_kinds:Array(String)}[indexOf({market_codes:Array(String)}, f.market)], g.grp) AS grp,
            f.market AS market, f.stall AS stall, f.due_vnd AS due_vnd,
            f.paid_cashless_vnd AS paid_cashless_vnd, f.paid_cash_vnd AS paid_cash_vnd
        FROM registry_fee(known_at = {known_at:DateTime64(3)}) AS f
        LEFT ANY JOIN stall_groups AS g ON g.market = f.market AND g.stall = f.stall
        WHERE f.month BETWEEN toStartOfMonth({first_day:Date}) AND {last_day:Date}
            AND (NOT {is_filtered:Bool} OR has({market_codes:Array(String)}, f.market))),
    stalls AS (
        SELECT start, cell_market, grp, market, stall,
            countIf(f.due_vnd > 0) AS fee_count,
            countIf(f.due_vnd > 0 AND f.paid_cashless_vnd >= f.due_vnd) AS cashless_fee_count,
            sumIf(toInt128(assumeNotNull(f.due_vnd)), f.due_vnd > 0) AS due_vnd,
            sumIf(f.paid_cashless_vnd, f.due_vnd > 0) AS paid_cashless_vnd,
            sumIf(f.paid_cash_vnd, f.due_vnd > 0) AS paid_cash_vnd,
            sumIf(f.paid_cashless_vnd + f.paid_cash_vnd, NOT coalesce(f.due_vnd > 0, false)) AS undue_vnd
        FROM fees AS f
        GROUP BY start, cell_market, grp, market, stall)
SELECT start, cell_market, grp, countIf(s.fee_count > 0) AS stall_count,
    countIf(s.fee_count > 0 AND s.cashless_fee_count = s.fee_count) AS cashless_stall_count,
    sum(s.fee_count) AS fee_count, sum(s.due_vnd) AS due_vnd, sum(s.paid_cashless_vnd) AS paid_cashless_vnd,
    sum(s.paid_cash_vnd) AS paid_cash_vnd, sum(s.undue_vnd) AS undue_vnd
FROM stalls AS s
GROUP BY start, cell_market, grp
ORDER BY start, cell_market, grp
