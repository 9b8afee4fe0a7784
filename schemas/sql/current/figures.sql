-- The figures of the days from {first_day} to {last_day}, computed from evidence, as known at {known_at}. The days
-- must lie in one week: then each has the same figures whether it is asked alone or with others. A row is a vendor
-- in a market, a market, or the day itself ('state', with the days that it shares payments with). The fold stores
-- this; a figure "as known on" asks it directly; verify compares the two. Every word counts here: the store plans it
-- for longer than it then works on a small day.

CREATE OR REPLACE VIEW day_figures AS
WITH
    link AS (  -- a row for each day on which it holds
        SELECT method, key, market, vendor, arrayJoin(arrayFilter(
            d -> d >= effective_from AND d < effective_to,
            arrayMap(n -> {first_day:Date} + n, range(toUInt16({last_day:Date} - {first_day:Date} + 1))))) AS day
        FROM registry_link(known_at = {known_at:DateTime64(3)})),
    account_link AS (
        SELECT toFixedString(unhex(key), 16) AS token, day, market, vendor FROM link WHERE method = 'account'),
    stall_link AS (SELECT key, day, market, vendor FROM link WHERE method = 'stall_code'),
    payment_facts AS (  -- a row for each of those days that the payment's evidence names; measure '' but for its own
        SELECT
            p.named_day AS day,
            p.virtual_account AS virtual_account, p.account AS account, p.stall_code AS stall_code,
            if(p.payment_day = p.named_day, p.measure, '') AS measure,
            p.amount_vnd AS amount_vnd, p.rail_class AS rail_class, p.payer_token AS payer_token,
            p.occurred_at AS occurred_at,
            arrayFilter(d -> d != p.named_day, p.days_named) AS other_days,
            cityHash64(p.account, p.bank_reference, p.kinds, p.time_key, p.amount_vnd, p.amount_vnd_max, p.status,
                p.rail_class, ifNull(p.payer_token, ''), ifNull(p.virtual_account, ''), ifNull(p.stall_code, '')) AS fingerprint,
            arrayConcat(
                arrayMap(d -> (d, fingerprint), other_days),
                arrayFlatten(arrayMap(
                    c -> arrayMap(d -> (d, c.2), arrayFilter(d -> d != p.named_day, arrayDistinct(arrayConcat(c.1, p.days_named)))),
                    p.given_back))) AS links
        FROM (
            SELECT *, arrayJoin(arrayFilter(d -> d BETWEEN {first_day:Date} AND {last_day:Date}, days_named)) AS named_day
            FROM counted_payment(first_day = {first_day:Date}, last_day = {last_day:Date}, window_days = {window_days:UInt16},
                                 known_at = {known_at:DateTime64(3)}, amount_vnd_min = {amount_vnd_min:Int64})) AS p),
    facts AS (
        SELECT day, virtual_account, account, stall_code, measure, amount_vnd, rail_class, payer_token, occurred_at, links
        FROM payment_facts
        WHERE measure != '' OR notEmpty(links)
        UNION ALL
        -- a refund or reversal counts on its own day, and touches on each day that it names the days of the payment that
        -- it gives back (where that payment names this day too, payment_facts has said so already)
        SELECT c.named_day AS day, c.virtual_account, c.account, c.stall_code,
            if(c.compensation_day = c.named_day, c.measure, '') AS measure, c.amount_vnd, 'unknown', NULL, NULL,
            if(has(o.origin_days, c.named_day), [], arrayMap(d -> (d, c.fingerprint), arrayFilter(d -> d != c.named_day,
                arrayDistinct(arrayConcat(c.days_named, o.origin_days))))) AS links
        FROM (
            SELECT *, arrayJoin(arrayFilter(d -> d BETWEEN {first_day:Date} AND {last_day:Date}, days_named)) AS named_day
            FROM payment_compensation(known_at = {known_at:DateTime64(3)})
            WHERE payment_hash IN (
                SELECT payment_hash FROM compensation
                WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)})) AS c
        LEFT JOIN (
            SELECT account, bank_reference, groupUniqArray(day) AS origin_days
            FROM evidence
            WHERE payment_hash IN (SELECT payment_hash FROM compensation WHERE day BETWEEN {first_day:Date} AND {last_day:Date})
                AND recorded_at <= {known_at:DateTime64(3)}
                AND delivery NOT IN (SELECT delivery FROM retraction WHERE recorded_at <= {known_at:DateTime64(3)})
            GROUP BY account, bank_reference) AS o
            ON c.account = o.account AND c.bank_reference = o.bank_reference
        WHERE measure != '' OR notEmpty(links)
        UNION ALL
        -- a day without payments has a state too
        SELECT {first_day:Date} + number AS day, NULL, toFixedString('', 16), NULL, '', 0, 'unknown', NULL, NULL, []
        FROM numbers(toUInt64({last_day:Date} - {first_day:Date} + 1))),
    by_account AS (  -- summed before the joins: a tenth of the rows
        SELECT
            day, virtual_account, account, stall_code, rail_class,
            countIf(measure != '') AS fact_count,
            countIf(measure = 'payment') AS payment_count,
            sumIf(toInt128(amount_vnd), measure = 'payment') AS payment_vnd,
            countIf(measure = 'payment' AND payer_token IS NULL) AS payerless_count,
            groupUniqArrayIf(cityHash64(assumeNotNull(payer_token)), measure = 'payment' AND payer_token IS NOT NULL) AS payers,
            groupArrayIf(amount_vnd, measure = 'payment') AS amounts,
            countIf(measure = 'cash') AS cash_count,
            sumIf(toInt128(amount_vnd), measure = 'cash') AS cash_vnd,
            countIf(measure = 'refund') AS refund_count,
            sumIf(toInt128(amount_vnd), measure = 'refund') AS refund_vnd,
            countIf(measure = 'reversed') AS reversed_count,
            countIf(measure = 'conflict') AS conflict_count,
            countIf(measure = 'failed') AS failed_count,
            countIf(measure = 'small') AS small_count,
            minIf(occurred_at, measure = 'payment') AS first_at,
            maxIf(occurred_at, measure = 'payment') AS last_at,
            sumMapIf(arrayMap(l -> l.1, links), arrayMap(l -> l.2, links), notEmpty(links)) AS shared_days
        FROM facts
        GROUP BY day, virtual_account, account, stall_code, rail_class)
SELECT
    b.day AS day,
    multiIf(grouping(vendor) = 0, 'vendor', grouping(market) = 0, 'market', 'state') AS row_kind,
    choso_by_owner(va.vendor, ac.vendor, st.vendor, va.market, ac.market, st.market, '') AS market,
    choso_by_owner(va.vendor, ac.vendor, st.vendor, va.vendor, ac.vendor, st.vendor, '') AS vendor,
    sum(b.payment_count) AS payment_count,
    sum(b.payment_vnd) AS payment_vnd,
    groupUniqArrayArray(b.payers) AS all_payers,
    length(all_payers) AS payer_count,
    sum(b.payerless_count) AS payerless_count,
    arraySort(if(row_kind = 'vendor', all_payers, [])) AS payers,
    if(row_kind = 'vendor', groupArrayArray(b.amounts), []) AS amounts,
    CAST(arrayReduce('sumMap', [amounts], [arrayWithConstant(length(amounts), toUInt64(1))]), 'Map(Int64, UInt32)') AS tickets,
    sum(b.cash_count) AS cash_count,
    sum(b.cash_vnd) AS cash_vnd,
    sum(b.refund_count) AS refund_count,
    sum(b.refund_vnd) AS refund_vnd,
    sum(b.reversed_count) AS reversed_count,
    sum(b.conflict_count) AS conflict_count,
    sum(b.failed_count) AS failed_count,
    sum(b.small_count) AS small_count,
    sumMapIf(map(toString(b.rail_class), b.payment_count), b.payment_count > 0) AS rail_count,
    sumMapIf(map(toString(b.rail_class), b.payment_vnd), b.payment_count > 0) AS rail_vnd,
    sumMapIf(map(choso_by_owner(va.vendor, ac.vendor, st.vendor, 'virtual_account', 'account', 'stall_code', 'none'),
        b.payment_count), b.payment_count > 0) AS method_count,
    groupUniqArrayIf(cityHash64(market, vendor), b.payment_count > 0 AND vendor != '') AS paid_vendors,
    if(row_kind = 'state', 0, length(paid_vendors)) AS paid_vendor_count,
    min(b.first_at) AS first_at,
    max(b.last_at) AS last_at,
    sumMap(b.shared_days.1, b.shared_days.2) AS shared,
    if(row_kind = 'state', shared.1, []) AS link_days,
    if(row_kind = 'state', shared.2, []) AS link_hashes,
    if(row_kind = 'state', arraySum(paid_vendors), 0) AS paid_hash
FROM by_account AS b
LEFT ANY JOIN account_link AS va ON va.token = b.virtual_account AND va.day = b.day
LEFT ANY JOIN account_link AS ac ON ac.token = b.account AND ac.day = b.day
LEFT ANY JOIN stall_link AS st ON st.key = b.stall_code AND st.day = b.day
GROUP BY GROUPING SETS ((day, market, vendor), (day, market), (day))
HAVING row_kind = 'state' OR sum(b.fact_count) > 0;

-- What was reported about the days from {first_day} to {last_day}, as known at {known_at}? A row is a source's reports
-- of a day about a market's accounts (market '': nobody's). Counted are records that name the day themselves, so nothing but this day's own
-- evidence and the registry on it can change a row. Told apart are an account's few records by 64 bits of their hashes: whole digests take
-- twice the time.

CREATE OR REPLACE VIEW day_reports AS
WITH
    link AS (
        SELECT method, key, market, vendor, arrayJoin(arrayFilter(
            d -> d >= effective_from AND d < effective_to,
            arrayMap(n -> {first_day:Date} + n, range(toUInt16({last_day:Date} - {first_day:Date} + 1))))) AS day
        FROM registry_link(known_at = {known_at:DateTime64(3)})),
    account_link AS (SELECT toFixedString(unhex(key), 16) AS token, day, market, vendor FROM link WHERE method = 'account'),
    stall_link AS (SELECT key, day, market, vendor FROM link WHERE method = 'stall_code'),
    reports AS (
        SELECT day, virtual_account, account, stall_code, source, topic_id, partition, offset, digest, recorded_at
        FROM evidence WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)}
        UNION ALL
        SELECT day, virtual_account, account, stall_code, source, topic_id, partition, offset, digest, recorded_at
        FROM compensation WHERE day BETWEEN {first_day:Date} AND {last_day:Date} AND recorded_at <= {known_at:DateTime64(3)}),
    by_account AS (
        SELECT day, virtual_account, account, stall_code, source,
            uniqExact(cityHash64(topic_id, partition, offset)) AS report_count,
            uniqExact(reinterpretAsUInt64(digest)) AS event_count,
            uniqExactIf(reinterpretAsUInt64(digest), toDate(recorded_at, 'Asia/Ho_Chi_Minh') <= day + 1) AS punctual_count
        FROM reports
        GROUP BY day, virtual_account, account, stall_code, source)
SELECT
    b.day AS day,
    choso_by_owner(va.vendor, ac.vendor, st.vendor, va.market, ac.market, st.market, '') AS market,
    b.source AS source,
    sum(b.report_count) AS report_count,
    toUInt64(report_count - sum(b.event_count)) AS duplicate_count,
    toUInt64(sum(b.event_count) - sum(b.punctual_count)) AS late_count
FROM by_account AS b
LEFT ANY JOIN account_link AS va ON va.token = b.virtual_account AND va.day = b.day
LEFT ANY JOIN account_link AS ac ON ac.token = b.account AND ac.day = b.day
LEFT ANY JOIN stall_link AS st ON st.key = b.stall_code AND st.day = b.day
GROUP BY day, market, source;
