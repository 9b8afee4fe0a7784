-- On which days of a range was each vendor paid, as known at {known_at}? Computed from evidence, as day_figures does for days of one week.
-- Grain: a market. `records` are packed: the hash of market and vendor (8 bytes), a paid day (2, days since 1970).
WITH
    link AS (
        SELECT name AS method, key, market, vendor, effective_from, effective_to
        FROM registry_span WHERE ask = {ask:String} AND shape = 'link' AND vendor != ''),
    paid AS (
        SELECT DISTINCT lower(hex(p.virtual_account)) AS virtual_account, lower(hex(p.account)) AS account,
            ifNull(p.stall_code, '') AS stall_code, toDate32(p.payment_day) AS day
        FROM counted_payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16},
                             known_at = {known_at:DateTime64(3)}, amount_vnd_min = {amount_vnd_min:Int64}) AS p
        WHERE p.payment_day BETWEEN {first_day:Date} AND {last_day:Date} AND p.measure = 'payment'),
    attributed AS (
        SELECT
            if(va.effective_to > p.day, va.vendor, '') AS va_vendor,
            if(ac.effective_to > p.day, ac.vendor, '') AS ac_vendor,
            if(st.effective_to > p.day, st.vendor, '') AS st_vendor,
            choso_by_owner(va_vendor, ac_vendor, st_vendor, va.market, ac.market, st.market, '') AS market,
            choso_by_owner(va_vendor, ac_vendor, st_vendor, va.vendor, ac.vendor, st.vendor, '') AS vendor,
            toUInt16(p.day) AS day
        FROM paid AS p
        ASOF LEFT JOIN (SELECT * FROM link WHERE method = 'account') AS va
            ON va.key = p.virtual_account AND va.effective_from <= p.day
        ASOF LEFT JOIN (SELECT * FROM link WHERE method = 'account') AS ac ON ac.key = p.account AND ac.effective_from <= p.day
        ASOF LEFT JOIN (SELECT * FROM link WHERE method = 'stall_code') AS st ON st.key = p.stall_code AND st.effective_from <= p.day)
SELECT market,
    base64Encode(arrayStringConcat(groupUniqArray(concat(reinterpretAsFixedString(cityHash64(market, vendor)), reinterpretAsFixedString(day))))) AS records
FROM attributed
WHERE vendor != ''
GROUP BY market
