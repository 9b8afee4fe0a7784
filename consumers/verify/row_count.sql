-- How many records are stored?
-- Grain: one number.
SELECT (SELECT count() FROM evidence) + (SELECT count() FROM compensation) + (SELECT count() FROM registry_fact)
    + (SELECT count() FROM delivery_fact) + (SELECT count() FROM rejected)
