-- When was a vendor not there?
-- Grain: one row. `absent` are single days, `away_weeks` and `away_months` periods in which he was absent on every day on which his
-- market was open (numbers as in registry_span). Packed: the hash of market and vendor (8 bytes), the number (2).
SELECT
    base64Encode(arrayStringConcat(groupArrayIf(record, shape = 'absent'))) AS absent,
    base64Encode(arrayStringConcat(groupArrayIf(record, key = 'week'))) AS away_weeks,
    base64Encode(arrayStringConcat(groupArrayIf(record, key = 'month'))) AS away_months
FROM (
    SELECT shape, key, concat(reinterpretAsFixedString(cityHash64(market, vendor)), reinterpretAsFixedString(day)) AS record
    FROM registry_span ARRAY JOIN days AS day
    WHERE ask = {ask:String} AND shape IN ('absent', 'away'))
