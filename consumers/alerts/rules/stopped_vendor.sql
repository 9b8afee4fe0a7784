-- On which days of a range was each vendor paid, that was paid often, and on which was he marked absent?
-- Grain: a vendor in a market.
SELECT v.market AS market, v.vendor AS vendor, arraySort(groupArrayIf(v.day, v.payment_count > 0)) AS paid_days,
    arrayMap(d -> toDate(d), any(a.days)) AS absent_days
FROM vendor_day AS v
LEFT ANY JOIN (SELECT market, vendor, days FROM registry_span WHERE ask = '' AND shape = 'absent') AS a
    ON a.market = v.market AND a.vendor = v.vendor
WHERE v.day BETWEEN {first_day:Date} AND {last_day:Date} AND v.vendor != ''
GROUP BY v.market, v.vendor
HAVING length(paid_days) >= {paid_days_min:UInt16}
ORDER BY market, vendor
