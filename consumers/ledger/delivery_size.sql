-- How many pieces of evidence name a delivery?
-- Grain: one number.
SELECT (SELECT count() FROM evidence WHERE delivery != '') + (SELECT count() FROM compensation WHERE delivery != '')
