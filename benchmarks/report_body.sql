-- What do providers say in a quarter of a day, in a city of {payments:UInt32} payments a day, each told twice?
-- Grain: one record: its key, its moment of arrival, its canonical bytes.
-- The first report of a payment is a webhook. The second is another webhook seven seconds later (three of five) or
-- a line of the bank's file on the next morning, which knows the day only. Six in a thousand payments are refunded
-- three days later. References are random, as banks' are; a provider's own ids count up; payers' tokens change
-- monthly. Nothing here is random to the engine: the same parameters give the same bytes.
CREATE OR REPLACE VIEW bench_report AS
WITH
    {payments:UInt32} AS per_day,
    intDiv(per_day, 4) AS per_quarter,
    intDiv(per_quarter, 5) AS fifth,
    -- rows of a quarter: first webhooks, second webhooks, lines of files, refunds
    multiIf(number < per_quarter, 'first', number < per_quarter + 3 * fifth, 'second',
        number < 2 * per_quarter, 'file', 'refund') AS report,
    multiIf(report = 'first', toInt64(number),  -- one type: of mixed signs it would be a Variant, which hashes apart
        report = 'second', intDiv(number - per_quarter, 3) * 5 + (number - per_quarter) % 3,
        report = 'file', intDiv(number - per_quarter - 3 * fifth, 2) * 5 + 3 + (number - per_quarter - 3 * fifth) % 2,
        (number - 2 * per_quarter) * 166) + {quarter:UInt8} * per_quarter AS payment_number,
    {day:Date} - multiIf(report = 'file', 1, report = 'refund', 3, 0) AS paid_on,
    cityHash64(paid_on, payment_number) AS lot,
    toUInt32({accounts:UInt32} * pow((lot % 1000003) / 1000003, 2)) AS account_number,
    lower(hex(MD5(concat('account ', toString(account_number))))) AS account,
    -- five in the morning to nine in the evening, in Việt Nam
    toDateTime64(paid_on, 3, 'UTC') - INTERVAL 2 HOUR
        + INTERVAL toUInt32(57600 * payment_number / per_day) SECOND AS paid_at,
    toDateTime64(paid_on, 3, 'UTC') + INTERVAL 5 HOUR AS noon,
    multiIf(report = 'file', noon, report = 'second', paid_at + INTERVAL 7 SECOND,
        report = 'refund', paid_at + INTERVAL 3 DAY, paid_at) AS said_at,
    account_number % 4 AS bank,
    multiIf(report = 'file', ['/statement/vcb', '/statement/bidv', '/statement/vietinbank', '/operator/viettelmoney'][bank + 1],
        report = 'second', '/casso', ['/sepay', '/casso', '/payos', '/sepay'][bank + 1] != '/casso' OR report = 'refund',
        ['/sepay', '/zalopay', '/payos', '/sepay'][bank + 1], '/momo') AS source,
    concat('FT', toString(toYear(paid_on) % 100), leftPad(toString(toDayOfYear(paid_on)), 3, '0'),
        leftPad(toString(intDiv(lot, 7) % 1000000000), 9, '0')) AS bank_reference,
    multiIf(report = 'file', bank_reference, report = 'refund', concat('RF', substring(bank_reference, 3)),
        toString(30000000 + toUInt64(toRelativeDayNum(paid_on) % 1000) * per_day + payment_number)) AS source_transaction_id,
    if(report = 'refund', 'refunded', 'credited') AS kind,
    if(lot % 10 < 7, cityHash64(account, intDiv(lot, 10) % 60), intDiv(lot, 10) % 400000) AS payer,
    lower(hex(MD5(concat('payer ', toString(toYYYYMM(paid_on)), toString(payer))))) AS payer_token,
    [10, 12, 15, 20, 20, 25, 30, 30, 35, 40, 45, 50, 60, 75, 80, 100, 120, 150, 200, 350][intDiv(lot, 100) % 20 + 1] * 1000
        + if(lot % 33 = 0, 500, 0) AS amount_vnd,
    source IN ('/casso', '/momo', '/zalopay') OR (report = 'file' AND bank < 2) AS tells_payer
SELECT
    account AS key,
    greatest(said_at + INTERVAL 2 SECOND, toDateTime64({day:Date}, 3, 'UTC') - INTERVAL 1 HOUR) AS arrived_at,
    concat(
        '{"specversion":"1.0","id":"', choso_event_id(source, source_transaction_id, kind), '","source":"', source,
        '","type":"vn.choso.payment.', kind, '.v1","time":"', formatDateTime(said_at, '%Y-%m-%dT%H:%i:%S'), '.000Z',
        '","data":{"source_transaction_id":"', source_transaction_id, '","account":"', account,
        '","bank_reference":"', bank_reference, '","compensation_reference":',
        if(report = 'refund', concat('"', source_transaction_id, '"'), 'null'),
        ',"amount_vnd":', toString(amount_vnd), ',"currency":"VND","time_precision":"', if(report = 'file', 'day', 'instant'),
        '","rail_class":"', ['p2p_transfer', 'wallet', 'p2m_payment', 'p2p_transfer'][bank + 1],
        '","virtual_account":null,"stall_code":null,"payer_token":', if(tells_payer, concat('"', payer_token, '"'), 'null'),
        ',"balance_after_vnd":null,"text":', if(source = '/sepay', '"Thanh toán tại chợ"', 'null'), '}}') AS body
FROM numbers(2 * intDiv({payments:UInt32}, 4) + intDiv(intDiv({payments:UInt32}, 4), 166))
