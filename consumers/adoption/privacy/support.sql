-- How many payers and stalls stand behind each cell that a shared answer would show?
-- Grain: a group in a period. With {is_measured} only days on which a vendor's cash was measured count.
SELECT
    f.start, f.cell_market, f.grp,
    uniqExactArray(f.payers) AS payer_count,
    sum(f.payment_count + if({is_measured:Bool}, f.cash_count, 0)) AS sale_count,
    uniqExactIf((f.market, f.vendor), f.vendor != '' AND f.payment_count + f.cash_count > 0) AS stall_count
FROM (/* view figure_day */) AS f
WHERE NOT {is_measured:Bool} OR f.cash_count > 0
GROUP BY f.start, f.cell_market, f.grp
ORDER BY f.start, f.cell_market, f.grp
