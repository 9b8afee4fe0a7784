-- How many vendors of each market were ever paid, and how many are active? From raw events, as raw_weeks.sql.
-- Grain: a market.
SELECT market, count() AS paid_ever, countIf(payments >= 4 AND payers >= 3 AND days >= 3) AS active
FROM (
    SELECT l.market AS market, l.vendor AS vendor, countIf(e.day > {last_day:Date} - 28) AS payments,
        uniqExactIf(e.payer_token, e.day > {last_day:Date} - 28) AS payers, uniqExactIf(e.day, e.day > {last_day:Date} - 28) AS days
    FROM evidence AS e
    ANY INNER JOIN (
        SELECT toFixedString(unhex(key), 16) AS token, market, vendor
        FROM registry_link(known_at = '2100-01-01 00:00:00') WHERE method = 'account') AS l ON l.token = e.account
    WHERE e.kind = 'credited'
    GROUP BY market, vendor)
GROUP BY market
