-- Which stored figures of consecutive days of one week differ from what evidence says now?
-- Grain: a vendor, a market or the state of a day, with how often it is stored and how often it should be.
SELECT day, row_kind, market, vendor, sum(side) AS difference, count() AS versions
FROM (
    SELECT day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd, refund_count, refund_vnd,
        reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count, paid_vendor_count, first_at, last_at,
        link_days, link_hashes, paid_hash, 1 AS side
    FROM day_fold WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND row_kind != 'reports'
    UNION ALL
    SELECT day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd, refund_count, refund_vnd,
        reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count, paid_vendor_count, first_at, last_at,
        link_days, link_hashes, paid_hash, -1 AS side
    FROM (/* view day_figures */))
GROUP BY day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd, refund_count, refund_vnd,
        reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count, paid_vendor_count, first_at, last_at,
        link_days, link_hashes, paid_hash
HAVING difference != 0
ORDER BY day, row_kind, market, vendor
LIMIT {limit:UInt32}
