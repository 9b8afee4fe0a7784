-- To which group does each vendor belong, for one question?
-- Grain: a vendor in a market, by the hash of both.
SELECT cityHash64(market, vendor) AS vendor_hash, any(grp) AS grp
FROM asked_group
WHERE ask = {group_ask:String}
GROUP BY vendor_hash
