-- Whose account is it, as the registry is known now? As the view registry_link says, from its projection.
-- Grain: an interval of days in which an account, or a stall's code, belongs to one vendor.
SELECT name AS method, key, market, vendor, effective_from, effective_to
FROM registry_span
WHERE ask = '' AND shape = 'link'
