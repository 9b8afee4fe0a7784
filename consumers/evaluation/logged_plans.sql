-- Which hashes does the log hold of a plan, and since when?
-- Grain: one hash, the first recorded one first.
SELECT digest, recorded_first_at FROM registry_evaluation WHERE plan = {plan:String} ORDER BY recorded_first_at, digest
