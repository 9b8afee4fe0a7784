-- Compute the figures and states of consecutive days of one week into the staging table.
-- Grain: a vendor in a market, a market, or the state of a day.
INSERT INTO day_fold_staging (
    day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count, active_vendor_count, first_at, last_at,
    evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash, rule_version,
    link_days, link_hashes, paid_hash, folded_at)
WITH if(row_kind = 'state', day - {first_day:Date} + 1, 0) AS number  -- of the day; of an array 0 is nothing
SELECT
    day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets, cash_count, cash_vnd, refund_count, refund_vnd,
    reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd, method_count, active_vendor_count, first_at, last_at,
    {evidence_counts:Array(UInt64)}[number], {evidence_hashes:Array(UInt64)}[number],
    {compensation_counts:Array(UInt64)}[number], {compensation_hashes:Array(UInt64)}[number],
    {registry_hashes:Array(UInt64)}[number], if(row_kind = 'state', {rule_version:UInt32}, 0),
    link_days, link_hashes, paid_hash, {folded_at:DateTime64(3)}
FROM day_figures(
    first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16},
    amount_vnd_min = {amount_vnd_min:Int64}, known_at = '2100-01-01 00:00:00')
