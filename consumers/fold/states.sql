-- What were the figures folded from, and what is the seal of that?
-- Grain: one folded day; two rows for one day mean that it must be folded again.
SELECT day, evidence_count, evidence_hash, compensation_count, compensation_hash, registry_hash, rule_version,
    if(paid_hash = 0, 0, cityHash64(day, paid_hash)) AS paid_mark, link_days, link_hashes, seal
FROM day_fold
WHERE row_kind = 'state'
