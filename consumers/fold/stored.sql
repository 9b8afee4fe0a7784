-- What are the tables made of from which the fold works and questions are answered? What has the same mark was not written between.
-- Grain: a partition of a table.
SELECT table, partition, sum(cityHash64(name, hash_of_all_files)) AS mark
FROM system.parts
WHERE active AND database = currentDatabase()
    AND table IN ('evidence', 'compensation', 'registry_fact', 'rejected', 'day_fold', 'registry_span', 'vendor_bits')
GROUP BY table, partition
