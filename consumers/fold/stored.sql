-- What are the tables made of from which the fold works and questions are answered? Two equal rows mean that nothing was written between.
-- Grain: one row.
SELECT count() AS part_count, sum(cityHash64(table, name, hash_of_all_files)) AS part_hash
FROM system.parts
WHERE active AND database = currentDatabase()
    AND table IN ('evidence', 'compensation', 'registry_fact', 'rejected', 'day_fold', 'registry_span', 'vendor_bits')
