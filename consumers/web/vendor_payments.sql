-- What was last paid to this vendor in these markets, by his account or virtual account?
-- Grain: a payment, newest first.
WITH
    {accounts:Array(String)} AS tokens,
    link AS (
        SELECT key, market, vendor, effective_from, effective_to FROM registry_span
        WHERE ask = '' AND shape = 'link' AND name = 'account'),
    paid AS (
        SELECT lower(hex(account)) AS account, lower(hex(virtual_account)) AS virtual_account, toDate32(payment_day) AS day,
            bank_reference, occurred_at, payment_day, amount_vnd, rail_class, status
        FROM payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16}, known_at = {known_at:DateTime64(3)})
        WHERE payment_day BETWEEN {first_day:Date} AND {last_day:Date})
SELECT p.account, p.bank_reference, p.occurred_at, p.payment_day, p.amount_vnd, toString(p.rail_class), p.status
FROM paid AS p
ASOF LEFT JOIN link AS va ON va.key = p.virtual_account AND va.effective_from <= p.day
ASOF LEFT JOIN link AS ac ON ac.key = p.account AND ac.effective_from <= p.day
WHERE (has(tokens, p.account) OR has(tokens, p.virtual_account))
    AND choso_by_owner(if(va.effective_to > p.day, va.vendor, ''), if(ac.effective_to > p.day, ac.vendor, ''), '',
        (va.vendor, va.market), (ac.vendor, ac.market), ('', ''), ('', '')) IN arrayMap(m -> ({vendor:String}, m), {markets:Array(String)})
ORDER BY p.occurred_at DESC, p.bank_reference
LIMIT {limit:UInt32}
