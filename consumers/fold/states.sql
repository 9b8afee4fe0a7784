-- What were the figures folded from?
-- Grain: one folded day; two rows for one day mean that it must be folded again.
SELECT day, evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash, rule_version, link_days, link_hashes
FROM fold_state
