-- What was last paid into these accounts?
-- Grain: a payment, newest first.
SELECT lower(hex(account)) AS account, bank_reference, occurred_at, payment_day, amount_vnd, toString(rail_class) AS rail_class, status
FROM payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16}, known_at = {known_at:DateTime64(3)})
WHERE account IN (SELECT toFixedString(unhex(arrayJoin({accounts:Array(String)})), 16))
    AND payment_day BETWEEN {first_day:Date} AND {last_day:Date}
ORDER BY occurred_at DESC, bank_reference
LIMIT {limit:UInt32}
