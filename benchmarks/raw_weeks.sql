-- In which weeks was each vendor paid? From raw events: each payment merged from its evidence, then given to whoever was linked then.
-- Grain: a vendor in a market, by the hash of both.
SELECT cityHash64(l.market, l.vendor) AS vendor_hash,
    arraySort(groupUniqArray(toUInt16(intDiv(toUInt16(p.payment_day) + 3, 7)))) AS weeks
FROM (
    SELECT account, groupBitOr(toUInt8(kind)) AS kinds,
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
WHERE l.effective_to > p.payment_day
GROUP BY vendor_hash
