-- Which rows of `day_fold` are not as the fold wrote them?
-- Grain: one row.
SELECT day, row_kind, market, vendor, source FROM day_fold
WHERE seal != cityHash64(
    day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets,
    cash_count, cash_vnd, refund_count, refund_vnd, reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd,
    method_count, paid_vendor_count, ifNull(toUnixTimestamp64Milli(first_at), 0), ifNull(toUnixTimestamp64Milli(last_at), 0), source, report_count,
    duplicate_count, late_count, evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash, rule_version,
    link_days, link_hashes, paid_hash, folded_at)
ORDER BY day, row_kind, market, vendor, source
LIMIT {limit:UInt32}
