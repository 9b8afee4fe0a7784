-- What are the tables made of from which the fold works and questions are answered? What has the same mark was not written between.
-- Grain: a partition of a table; `parts` are those of evidence and of what was given back.
SELECT table, partition, sum(cityHash64(name, hash_of_all_files)) AS mark,
    groupArrayIf((name, min_block_number, max_block_number, rows), table IN ('evidence', 'compensation')) AS parts
FROM system.parts
WHERE active AND database = currentDatabase()
    AND table IN ('evidence', 'compensation', 'registry_fact', 'delivery_fact', 'rejected', 'event_conflict', 'day_fold', 'registry_span', 'vendor_bits')
GROUP BY table, partition
