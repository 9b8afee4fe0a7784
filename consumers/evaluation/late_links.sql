-- From which day on may payments have belonged to others at {known_at}, because the registry was told later?
-- Grain: one row; `is_late` false where nothing was told later.
SELECT count() > 0 AS is_late, min(effective_from) AS first_day
FROM registry_fact
WHERE recorded_at > {known_at:DateTime64(3)} AND kind IN ('account_linked', 'account_unlinked', 'vendor')
