-- In which weeks was each vendor paid? From raw events: not even merged, nothing given back, each account with one owner.
-- Grain: a vendor in a market.
SELECT l.market AS market, l.vendor AS vendor, arraySort(groupUniqArray(toUInt16(intDiv(toUInt16(e.day) + 3, 7)))) AS weeks
FROM evidence AS e
ANY INNER JOIN (
    SELECT toFixedString(unhex(key), 16) AS token, market, vendor
    FROM registry_link(known_at = '2100-01-01 00:00:00') WHERE method = 'account') AS l ON l.token = e.account
WHERE e.kind = 'credited'
GROUP BY market, vendor
