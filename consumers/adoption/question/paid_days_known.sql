-- On which days of a range was each vendor paid, as known at {known_at}? Computed from evidence, as day_figures does for one day.
-- Grain: a market. `records` are packed: the hash of market and vendor (8 bytes), a paid day (2, days since 1970).
WITH
    link AS (
        SELECT name AS method, key, market, vendor, effective_from, effective_to
        FROM registry_span WHERE ask = {ask:String} AND shape = 'link' AND vendor != ''),
    given_back AS (
        SELECT account, bank_reference, sum(toInt128(amount_vnd)) AS refunded_vnd, max(bitAnd(kinds, 16)) AS is_reversed,
            max(is_conflict) AS is_conflict
        FROM payment_compensation(known_at = {known_at:DateTime64(3)})
        WHERE payment_hash IN (
            SELECT payment_hash FROM evidence
            WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)})
        GROUP BY account, bank_reference),
    paid AS (
        SELECT DISTINCT lower(hex(p.virtual_account)) AS virtual_account, lower(hex(p.account)) AS account,
            ifNull(p.stall_code, '') AS stall_code, toDate32(p.payment_day) AS day
        FROM payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16},
                     known_at = {known_at:DateTime64(3)}) AS p
        LEFT JOIN given_back AS g ON p.account = g.account AND p.bank_reference = g.bank_reference
        WHERE p.payment_day BETWEEN {first_day:Date} AND {last_day:Date} AND p.status = 'settled' AND bitAnd(p.kinds, 1) != 0
            AND NOT g.is_conflict AND g.is_reversed = 0 AND NOT (g.refunded_vnd > 0 AND g.refunded_vnd >= p.amount_vnd)
            AND p.amount_vnd >= {amount_vnd_min:Int64}),
    attributed AS (
        SELECT DISTINCT
            multiIf(va.effective_to > p.day, va.market, ac.effective_to > p.day, ac.market, st.effective_to > p.day, st.market, '') AS market,
            multiIf(va.effective_to > p.day, va.vendor, ac.effective_to > p.day, ac.vendor, st.effective_to > p.day, st.vendor, '') AS vendor,
            toUInt16(p.day) AS day
        FROM paid AS p
        ASOF LEFT JOIN (SELECT * FROM link WHERE method = 'account') AS va
            ON va.key = p.virtual_account AND va.effective_from <= p.day
        ASOF LEFT JOIN (SELECT * FROM link WHERE method = 'account') AS ac ON ac.key = p.account AND ac.effective_from <= p.day
        ASOF LEFT JOIN (SELECT * FROM link WHERE method = 'stall_code') AS st ON st.key = p.stall_code AND st.effective_from <= p.day)
SELECT market,
    base64Encode(arrayStringConcat(groupArray(concat(reinterpretAsFixedString(cityHash64(market, vendor)), reinterpretAsFixedString(day))))) AS records
FROM attributed
WHERE vendor != ''
GROUP BY market
