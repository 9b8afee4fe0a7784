-- Where an account's balance is told after each credit, is any credit missing between two of them, and how much?
-- Grain: a market ('': nobody's accounts). A gap is what a balance differs by from the one before it and the known
-- amounts between them: more came in than is known, or something went out, which no evidence tells. Accounts with a
-- payment that is known by its day alone have no order and are counted apart.
WITH
    entries AS (
        SELECT account, bank_reference, compensation_reference,
            min(time) AS at, min(is_day) AS is_day, any(e.sign) * min(e.amount_vnd) AS change_vnd, min(e.balance_after_vnd) AS balance_vnd
        FROM (
            SELECT account, bank_reference, '' AS compensation_reference, time, time_precision = 'day' AS is_day, 1 AS sign,
                amount_vnd, balance_after_vnd
            FROM evidence
            WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND kind = 'credited' AND recorded_at <= {known_at:DateTime64(3)}
                AND delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)})
            UNION ALL
            SELECT account, bank_reference, compensation_reference, time, time_precision = 'day', -1, amount_vnd, balance_after_vnd
            FROM compensation
            WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)}
                AND delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)})) AS e
        WHERE account IN (
            SELECT account FROM evidence
            WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND balance_after_vnd IS NOT NULL AND recorded_at <= {known_at:DateTime64(3)}
                AND delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)}))
        GROUP BY account, bank_reference, compensation_reference),
    levels AS (  -- of an account whose every credit is known, the balance less all known changes never moves
        SELECT account, at, is_day, balance_vnd, bank_reference,
            assumeNotNull(balance_vnd) - sum(toInt128(change_vnd)) OVER (
                PARTITION BY account ORDER BY at, isNull(balance_vnd), balance_vnd, bank_reference, compensation_reference
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS level_vnd
        FROM entries),
    steps AS (
        SELECT account, level_vnd - lagInFrame(level_vnd, 1, level_vnd) OVER (
            PARTITION BY account ORDER BY at, balance_vnd, bank_reference
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS gap_vnd
        FROM levels
        WHERE balance_vnd IS NOT NULL),
    accounts AS (
        SELECT account, countIf(gap_vnd > 0) AS gap_count, sumIf(gap_vnd, gap_vnd > 0) AS missing_vnd,
            -sumIf(gap_vnd, gap_vnd < 0) AS outflow_vnd
        FROM steps
        GROUP BY account),
    unordered AS (SELECT DISTINCT account FROM levels WHERE is_day)
SELECT l.market AS market, countIf(NOT is_unordered) AS account_count, countIf(is_unordered) AS unordered_account_count,
    sumIf(a.gap_count, NOT is_unordered) AS gap_count, sumIf(a.missing_vnd, NOT is_unordered) AS missing_vnd,
    sumIf(a.outflow_vnd, NOT is_unordered) AS outflow_vnd
FROM (SELECT *, account IN (SELECT account FROM unordered) AS is_unordered FROM accounts) AS a
LEFT ANY JOIN (
    SELECT toFixedString(unhex(key), 16) AS token, market FROM registry_link(known_at = {known_at:DateTime64(3)})
    WHERE method = 'account' AND effective_from <= {last_day:Date} AND effective_to > {last_day:Date}) AS l ON l.token = a.account
GROUP BY market
ORDER BY market
