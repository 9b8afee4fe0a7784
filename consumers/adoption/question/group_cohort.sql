-- Put down in which month each vendor was first paid in each market, for one question.
-- Grain: a vendor in a market.
INSERT INTO asked_group (ask, asked_at, market, vendor, grp)
SELECT {ask:String}, now(), market, vendor, formatDateTime(min(day), '%Y-%m')
FROM vendor_day
WHERE payment_count > 0 AND vendor != ''
GROUP BY market, vendor
