-- Make up evidence of one month: one report a payment, of vendors who begin one after the other, pause and lapse.
-- Grain: a payment of a vendor's account. The rows are as the sink's views would have written them, but for the digest.
INSERT INTO evidence (
    day, account, bank_reference, payment_hash, kind, amount_vnd, time, time_precision, rail_class, source, source_transaction_id,
    payer_token, digest, recorded_at, batch_month, topic_id, partition, offset, batch_first, batch_span, batch_count)
SELECT
    {first_day:Date} + d AS day,
    toFixedString(unhex(leftPad(lower(hex(v)), 32, '0')), 16) AS account,
    concat('FT', toString(toUInt16(day)), 'X', toString(v), 'X', toString(k)) AS bank_reference,
    cityHash64(account, bank_reference), 'credited',
    (1 + cityHash64(v, day, k, 1) % 60) * 5000,
    toDateTime64(day, 3, 'UTC') + cityHash64(v, day, k) % 60000 AS time,
    'instant', 'p2p_transfer', '/sepay', bank_reference,
    if(cityHash64(v, day, k, 2) % 10 = 0, NULL,
        toFixedString(reinterpretAsFixedString(toUInt128(cityHash64(v % 50, cityHash64(v, day, k, 3) % 4000))), 16)),
    sipHash128(bank_reference), time + 2, toYYYYMM({first_day:Date}), '00000000-0000-4000-8000-000000000001', 0,
    toUInt64(toUInt16(day)) * 1000000 + v * 50 + k, 0, 1, 1
FROM (
    SELECT number % {vendors:UInt32} AS v, toUInt16(intDiv(number, {vendors:UInt32})) AS d, toUInt16({first_day:Date} - {start:Date}) + d AS n
    FROM numbers({vendors:UInt32} * {days:UInt16}))
ARRAY JOIN range(multiIf(
    v % 10 < 2, 0,                                 -- never paid
    n < v % 500, 0,                                -- not yet
    n - v % 500 > 300 AND v % 8 = 0, 0,            -- lapsed
    cityHash64(v, intDiv(n, 14)) % 6 = 0, 0,       -- a pause of two weeks
    cityHash64(v, n, 9) % 100 < 20, 0,             -- not today
    1 + cityHash64(v, n, 7) % (3 + v % 12))) AS k
