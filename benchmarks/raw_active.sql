-- How many vendors of each market were ever paid, and how many are active? From raw events, as raw_weeks.sql.
-- Grain: a market.
SELECT market, count() AS paid_ever, countIf(payments >= 4 AND payers >= 3 AND days >= 3) AS active
FROM (
    SELECT l.market AS market, l.vendor AS vendor, countIf(p.payment_day > {last_day:Date} - 28) AS payments,
        uniqExactIf(p.payer_token, p.payment_day > {last_day:Date} - 28)
            + (countIf(p.payer_token IS NULL AND p.payment_day > {last_day:Date} - 28) > 0) AS payers,
        uniqExactIf(p.payment_day, p.payment_day > {last_day:Date} - 28
            AND NOT has(c.days, toUInt16(p.payment_day)) AND NOT has(a.days, toUInt16(p.payment_day))) AS days
    FROM (
        SELECT account, groupBitOr(toUInt8(kind)) AS kinds, min(payer_token) AS payer_token,
            min(bitShiftLeft(toUInt64(kind = 'failed'), 50) + bitShiftLeft(toUInt64(time_precision = 'day'), 49)
                + toUInt64(toUnixTimestamp64Milli(time))) AS time_key,
            toDate32(fromUnixTimestamp64Milli(toInt64(bitAnd(time_key, 562949953421311)), 'UTC'), 'Asia/Ho_Chi_Minh') AS payment_day
        FROM evidence
        GROUP BY account, bank_reference
        HAVING bitAnd(kinds, 3) = 1
            AND minIf(amount_vnd, kind != 'failed') = maxIf(amount_vnd, kind != 'failed') AND min(amount_vnd) >= 1) AS p
    ASOF INNER JOIN (
        SELECT toFixedString(unhex(key), 16) AS account, market, vendor, effective_from, effective_to
        FROM registry_span WHERE ask = '' AND shape = 'link' AND name = 'account') AS l
        ON l.account = p.account AND l.effective_from <= p.payment_day
    LEFT ANY JOIN (SELECT market, days FROM registry_span WHERE ask = '' AND shape = 'closed') AS c ON c.market = l.market
    LEFT ANY JOIN (SELECT market, vendor, days FROM registry_span WHERE ask = '' AND shape = 'absent') AS a
        ON a.market = l.market AND a.vendor = l.vendor
    WHERE l.effective_to > p.payment_day
    GROUP BY market, vendor)
GROUP BY market
