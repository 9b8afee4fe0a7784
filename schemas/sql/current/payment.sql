-- What was paid? A row is one payment, merged from all evidence about it, as known at {known_at}.
-- The merge is a join of fields: only idempotent, commutative aggregates, so that repeating, reordering or splitting the
-- evidence changes nothing, and what a report does not say (null, or an unknown rail) takes nothing from what others say.
-- It is contradicted by another amount, by cash where others tell a credit, and by an event that names other payments too;
-- by nothing else. What failed moved nothing: it says no amount, and gives way to whatever settled.
-- Of several values of any other field one holds by the `rank` of who says it: settled before failed, then the names of the source and
-- of its transaction, and of one event told differently the telling that the log had first. No telling's rank follows from
-- what else it says, so that one event told in parts counts as if it was told whole.
-- What a delivery told that was retracted by then is left out: it was never told.
-- The payments are those that any evidence names on a day from {first_day} to {last_day}; their evidence is
-- looked for in those days' weeks and {window_days} days around these, so that a day gives the same whether it
-- is asked alone or with its week. `payment_hash` only narrows the search: two payments that share it are told
-- apart by the grouping.

CREATE OR REPLACE VIEW payment AS
WITH (kind = 'failed', source, source_transaction_id, recorded_at, partition, offset) AS rank
SELECT
    account,
    bank_reference,
    any(evidence.payment_hash) AS payment_hash,
    groupBitOr(toUInt8(kind)) AS kinds,
    min(choso_time_key(kind = 'failed', time_precision, time)) AS time_key,
    fromUnixTimestamp64Milli(toInt64(bitAnd(time_key, 562949953421311)), 'UTC') AS occurred_at,
    toDate(occurred_at, 'Asia/Ho_Chi_Minh') AS payment_day,
    arraySort(groupUniqArray(evidence.day)) AS days_named,
    minIf(evidence.amount_vnd, kind != 'failed') AS amount_vnd,
    maxIf(evidence.amount_vnd, kind != 'failed') AS amount_vnd_max,
    min(evidence.rail_class) AS rail_class,  -- the one that says most: 'unknown' is the last
    argMin(evidence.virtual_account, rank) AS virtual_account,
    argMin(evidence.stall_code, rank) AS stall_code,
    argMin(evidence.payer_token, rank) AS payer_token,
    (account, bank_reference) IN (
        SELECT account, bank_reference FROM contested_payment(known_at = {known_at:DateTime64(3)})
        WHERE compensation_reference = '') AS contested,
    min(evidence.recorded_at) AS recorded_first_at,
    multiIf(contested OR amount_vnd != amount_vnd_max OR bitAnd(kinds, 3) = 3, 'conflict',
            bitAnd(kinds, 3) != 0, 'settled', 'failed') AS status
FROM evidence
WHERE evidence.day BETWEEN toMonday({first_day:Date}) - {window_days:UInt16} AND toMonday({last_day:Date}) + 6 + {window_days:UInt16}
    AND evidence.recorded_at <= {known_at:DateTime64(3)}
    AND evidence.delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)})
    AND evidence.payment_hash IN (
        SELECT payment_hash FROM evidence
        WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)})
GROUP BY account, bank_reference
HAVING arrayExists(d -> d BETWEEN {first_day:Date} AND {last_day:Date}, days_named);

-- What was given back? A row is one refund or reversal, merged from all evidence about it. `fingerprint`
-- is equal for equal merged content, whoever asks. `payment_hash` follows from account and bank_reference, and stands
-- among the keys so that whoever asks for some payments merges only theirs.

CREATE OR REPLACE VIEW payment_compensation AS
WITH (source, source_transaction_id, recorded_at, partition, offset) AS rank
SELECT
    account,
    bank_reference,
    compensation_reference,
    payment_hash,
    groupBitOr(toUInt8(kind)) AS kinds,
    min(choso_time_key(false, time_precision, time)) AS time_key,
    toDate(fromUnixTimestamp64Milli(toInt64(bitAnd(time_key, 562949953421311)), 'UTC'), 'Asia/Ho_Chi_Minh') AS compensation_day,
    arraySort(groupUniqArray(compensation.day)) AS days_named,
    min(compensation.amount_vnd) AS amount_vnd,
    max(compensation.amount_vnd) AS amount_vnd_max,
    argMin(compensation.virtual_account, rank) AS virtual_account,
    argMin(compensation.stall_code, rank) AS stall_code,
    (account, bank_reference, compensation_reference) IN (
        SELECT account, bank_reference, compensation_reference FROM contested_payment(known_at = {known_at:DateTime64(3)})) AS contested,
    contested OR amount_vnd != amount_vnd_max OR kinds = 24 AS is_conflict,
    if(is_conflict, 'conflict', 'refund') AS measure,  -- what it is counted as, on its own day
    cityHash64(account, bank_reference, compensation_reference, kinds, time_key, days_named, amount_vnd,
        amount_vnd_max, is_conflict) AS fingerprint
FROM compensation
WHERE compensation.recorded_at <= {known_at:DateTime64(3)}
    AND compensation.delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)})
GROUP BY account, bank_reference, compensation_reference, payment_hash;
