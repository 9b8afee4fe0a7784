-- How many attempts to pay failed, without a credit after them, and how many payments were valid?
-- Grain: a market with any of them in the range.
SELECT market, sum(failed_count) AS failed_count, sum(payment_count) AS payment_count
FROM market_day
WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND market != ''
GROUP BY market
HAVING failed_count > 0
ORDER BY market
