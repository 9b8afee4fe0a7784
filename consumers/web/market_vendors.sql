-- Which vendors were paid in this market, how much, when last, and how did their weeks go?
-- Grain: a vendor with a payment since {trend_first_day}.
SELECT v.vendor AS vendor,
    sumIf(v.payment_count, v.day BETWEEN {first_day:Date} AND {last_day:Date}) AS payment_count,
    sumIf(v.payment_vnd, v.day BETWEEN {first_day:Date} AND {last_day:Date}) AS payment_vnd,
    countIf(v.payment_count > 0 AND v.day BETWEEN {first_day:Date} AND {last_day:Date}) AS day_count,
    maxIf(v.day, v.payment_count > 0) AS last_paid_on,
    sumMap(map(toMonday(v.day), v.payment_count)) AS weeks
FROM vendor_day AS v
WHERE v.market = {market:String} AND v.vendor != '' AND v.day BETWEEN {trend_first_day:Date} AND {last_day:Date}
GROUP BY vendor
HAVING countIf(v.payment_count > 0) > 0
ORDER BY
    if({sort:String} = 'silent', last_paid_on, toDate('1970-01-01')),
    if({sort:String} = 'payments', toInt64(payment_count), 0) DESC,
    vendor
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
