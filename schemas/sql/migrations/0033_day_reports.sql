-- What was reported about the days from {first_day} to {last_day}, as known at {known_at}? A row is a source's reports
-- of a day about a market's accounts (market '': nobody's). Counted are records that name the day themselves, so nothing but this day's own
-- evidence and the registry on it can change a row. Told apart are an account's few records by 64 bits of their hashes: whole digests take
-- twice the time.

CREATE OR REPLACE VIEW day_reports AS
WITH
    link AS (
        SELECT method, key, market, arrayJoin(arrayFilter(
            d -> d >= effective_from AND d < effective_to,
            arrayMap(n -> {first_day:Date} + n, range(toUInt16({last_day:Date} - {first_day:Date} + 1))))) AS day
        FROM registry_link(known_at = {known_at:DateTime64(3)})
        WHERE vendor != ''),
    account_link AS (SELECT toFixedString(unhex(key), 16) AS token, day, market FROM link WHERE method = 'account'),
    stall_link AS (SELECT key, day, market FROM link WHERE method = 'stall_code'),
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
    multiIf(va.market != '', va.market, ac.market != '', ac.market, st.market) AS market,
    b.source AS source,
    sum(b.report_count) AS report_count,
    toUInt64(report_count - sum(b.event_count)) AS duplicate_count,
    toUInt64(sum(b.event_count) - sum(b.punctual_count)) AS late_count
FROM by_account AS b
LEFT ANY JOIN account_link AS va ON va.token = b.virtual_account AND va.day = b.day
LEFT ANY JOIN account_link AS ac ON ac.token = b.account AND ac.day = b.day
LEFT ANY JOIN stall_link AS st ON st.key = b.stall_code AND st.day = b.day
GROUP BY day, market, source;
