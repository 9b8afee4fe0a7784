-- Which intervals of the registry that are kept differ from what its facts say now, as just projected under {ask}?
-- Grain: an interval, with how often it is kept and how often it should be.
SELECT shape, market, vendor, stall, key, difference
FROM (
    SELECT * EXCEPT (ask, side), sum(side) AS difference
    FROM (
        SELECT *, 1 AS side FROM registry_span WHERE ask = ''
        UNION ALL
        SELECT *, -1 AS side FROM registry_span WHERE ask = {ask:String})
    GROUP BY ALL
    HAVING difference != 0)
ORDER BY shape, market, vendor, stall, key
LIMIT {limit:UInt32}
