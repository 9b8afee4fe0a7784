-- What were the figures folded from?
-- Grain: one folded day; two rows for one day mean that it must be folded again.
SELECT day, evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash, rule_version,
    if(paid_hash = 0, 0, cityHash64(day, paid_hash)) AS paid_mark, link_days, link_hashes
FROM fold_state
