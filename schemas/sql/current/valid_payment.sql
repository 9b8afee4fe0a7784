-- What is each payment counted as? The one home of what a valid payment is: the fold, figures as known at a time, `verify`
-- and `choso payment show` take `measure` from here, metrics and views for BI tools from what is folded of it. A row is a
-- payment (see there) with its measure, which is the first of these that holds:
--   failed    nothing settled
--   conflict  evidence contradicts itself about it, or about what was given back of it
--   cash      a cash sale that was reported, and no credit
--   reversed  it was given back whole
--   small     it is of less than {amount_vnd_min}
--   payment   else: it is valid
-- `given_back` are its refunds and reversals, each with the days that its evidence names and its fingerprint.

CREATE OR REPLACE VIEW counted_payment AS
SELECT
    p.*,
    multiIf(p.status = 'failed', 'failed',
            p.status = 'conflict' OR g.is_conflict, 'conflict',
            bitAnd(p.kinds, 1) = 0, 'cash',
            g.is_reversed != 0 OR (g.refunded_vnd > 0 AND g.refunded_vnd >= p.amount_vnd), 'reversed',
            p.amount_vnd < {amount_vnd_min:Int64}, 'small',
            'payment') AS measure,
    g.given_back AS given_back
FROM payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16},
             known_at = {known_at:DateTime64(3)}) AS p
LEFT JOIN (
    SELECT account, bank_reference,
        sum(toInt128(amount_vnd)) AS refunded_vnd,
        max(bitAnd(kinds, 16)) AS is_reversed,
        max(is_conflict) AS is_conflict,
        groupArray((days_named, fingerprint)) AS given_back
    FROM payment_compensation(known_at = {known_at:DateTime64(3)})
    WHERE payment_hash IN (
        SELECT payment_hash FROM evidence
        WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)})
    GROUP BY account, bank_reference) AS g
    ON p.account = g.account AND p.bank_reference = g.bank_reference;
