-- On which days did vendors have their first valid payment, up to a day?
-- Grain: a market on a day of first payments.
SELECT market, first_day, count() AS vendor_count
FROM (
    SELECT market, vendor, min(day) AS first_day FROM vendor_day
    WHERE vendor != '' AND market != '' AND payment_count > 0 AND day <= {last_day:Date}
    GROUP BY market, vendor)
GROUP BY market, first_day
ORDER BY market, first_day
