-- Which vendors have an account or a stall's code in a market on a day?
-- Grain: a vendor in a market.
SELECT DISTINCT market, vendor
FROM registry_span
WHERE ask = '' AND shape = 'link' AND vendor != '' AND effective_from <= {day:Date} AND effective_to > {day:Date}
