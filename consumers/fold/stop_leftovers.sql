-- Stop what a fold that died has sent and the store still runs: it would land in the middle of ours.
-- Grain: one statement of this database.
KILL QUERY
WHERE current_database = currentDatabase() AND query_kind IN ('Insert', 'Alter')
    AND (query LIKE '%INTO day_fold_staging%' OR query LIKE '%day_fold_staging DROP PARTITION%'
        OR query LIKE '%day_fold REPLACE PARTITION%')
SYNC
