-- Compute the figures and states of consecutive days of one week into the staging table.
-- Grain: a vendor in a market, a market, or the state of a day.
INSERT INTO day_fold_staging (
    day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count, paid_vendor_count, first_at, last_at,
    evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash, rule_version,
    link_days, link_hashes, paid_hash, folded_at)
WITH if(row_kind = 'state', day - {first_day:Date} + 1, 0) AS nth  -- of the days; of an array 0 is nothing
SELECT
    day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count, paid_vendor_count, first_at, last_at,
    {evidence_counts:Array(UInt64)}[nth], {evidence_hashes:Array(UInt64)}[nth],
    {compensation_counts:Array(UInt64)}[nth], {compensation_hashes:Array(UInt64)}[nth],
    {registry_hashes:Array(UInt64)}[nth], if(row_kind = 'state', {rule_version:UInt32}, 0),
    link_days, link_hashes, paid_hash, {folded_at:DateTime64(3)}
FROM (/* view day_figures, registry_link from links.sql */)
