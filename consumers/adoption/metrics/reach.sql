-- How many people paid in each group and period, and how many of them on more than one day?
-- Grain: a group in a period. People are payer tokens; payments of which no source told a payer are counted apart.
WITH
    payers AS (
        SELECT f.start AS start, f.cell_market AS cell_market, f.grp AS grp, payer, number > 0 AS is_payer,
            min(f.day) AS first_day_paid, max(f.day) AS last_day_paid,
            sumIf(f.payment_count, number <= 1) AS payment_count, sumIf(f.payerless_count, number <= 1) AS payerless_count
        FROM (/* view figure_day */) AS f
        LEFT ARRAY JOIN f.payers AS payer, arrayEnumerate(f.payers) AS number
        GROUP BY start, cell_market, grp, payer, is_payer)
SELECT start, cell_market, grp, sum(p.payment_count) AS payment_count, sum(p.payerless_count) AS payerless_count,
    countIf(is_payer) AS payer_count, countIf(is_payer AND first_day_paid != last_day_paid) AS repeat_payer_count
FROM payers AS p
GROUP BY start, cell_market, grp
ORDER BY start, cell_market, grp
