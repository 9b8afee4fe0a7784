-- What was last paid into these accounts, virtual ones of a shared account included?
-- Grain: a payment, newest first; `key` is the account of these by which it is one.
WITH {accounts:Array(String)} AS tokens
SELECT lower(hex(p.account)) AS account, p.bank_reference, p.occurred_at, p.payment_day, p.amount_vnd, toString(p.rail_class), p.status,
    if(has(tokens, lower(hex(p.virtual_account))), lower(hex(p.virtual_account)), lower(hex(p.account))) AS key
FROM payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16}, known_at = {known_at:DateTime64(3)}) AS p
WHERE has(tokens, key) AND p.payment_day BETWEEN {first_day:Date} AND {last_day:Date}
ORDER BY p.occurred_at DESC, p.bank_reference
LIMIT {limit:UInt32}
