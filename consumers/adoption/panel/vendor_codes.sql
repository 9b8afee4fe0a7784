-- Which vendors are there?
-- Grain: a vendor in a market, by the hash of both; of all who are linked or were paid, or of those asked for.
SELECT cityHash64(market, vendor) AS vendor_hash, any(vendor) AS code
FROM (
    SELECT market, vendor FROM registry_span WHERE ask = {ask:String} AND shape IN ('link', 'qr')
    UNION ALL
    SELECT market, vendor FROM vendor_bits WHERE ask = {ask:String} AND row_kind = 'vendor')
WHERE vendor != '' AND (empty({vendors:Array(String)}) OR has({vendors:Array(String)}, vendor))
GROUP BY vendor_hash
