-- How many stalls did the census count in each market, and when was its first code issued?
-- Grain: a market that the registry knows of on {last_day}.
SELECT m.market AS market, c.stall_count AS stall_count, q.first_code_on AS first_code_on
FROM (
    SELECT market FROM registry_market(known_at = {known_at:DateTime64(3)})
    WHERE effective_from <= {last_day:Date} AND effective_to > {last_day:Date}) AS m
LEFT JOIN (
    SELECT market, toNullable(stall_count) AS stall_count FROM registry_census(known_at = {known_at:DateTime64(3)})
    WHERE effective_from <= {last_day:Date} AND effective_to > {last_day:Date}) AS c ON c.market = m.market
LEFT JOIN (
    SELECT market, toNullable(min(issued_on)) AS first_code_on FROM registry_qr(known_at = {known_at:DateTime64(3)})
    WHERE issued_on <= {last_day:Date} GROUP BY market) AS q ON q.market = m.market
ORDER BY market
