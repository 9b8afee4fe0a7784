-- The admission rule for payments: is this record evidence, and if not, why?
-- A row is one record with its verdict. schemas/cloudevent.py `decode` admits exactly the same bodies.
-- Writing what was read must give the same bytes: that one comparison refuses floats, numeric strings,
-- unknown, missing, repeated or reordered keys, spaces, second objects, junk and bad UTF-8.

CREATE MATERIALIZED VIEW IF NOT EXISTS payment_judge TO payment_judged AS
WITH
    JSONExtract(body, 'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, account String, bank_reference String, compensation_reference Nullable(String), amount_vnd Int64, currency String, time_precision String, rail_class String, virtual_account Nullable(String), stall_code Nullable(String), payer_token Nullable(String), balance_after_vnd Nullable(Int64), text Nullable(String)))') AS said,
    said.data AS d,
    transform(said.type,
        ['vn.choso.payment.credited.v1', 'vn.choso.payment.cash_sale_reported.v1', 'vn.choso.payment.failed.v1',
         'vn.choso.payment.refunded.v1', 'vn.choso.payment.reversed.v1'],
        ['credited', 'cash_sale_reported', 'failed', 'refunded', 'reversed'], '') AS kind_said,
    lower(hex(SHA1(concat(unhex('5f0c9c1e7a3b5d429b6e0c4f5e2a9d11'), said.source, '\n', d.source_transaction_id, '\n', kind_said)))) AS h,
    concat(substring(h, 1, 8), '-', substring(h, 9, 4), '-5', substring(h, 14, 3), '-',
        transform(substring(h, 17, 1),
            ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'],
            ['8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b'], ''),
        substring(h, 18, 3), '-', substring(h, 21, 12)) AS id_derived
SELECT
    topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body,
    multiIf(
        length(body) > 65536, 'too_large',
        toJSONString(said) != body, multiIf(NOT isValidJSON(body), 'not_json', kind_said = '', 'unknown_type', 'not_canonical'),
        kind_said = '', 'unknown_type',
        said.specversion != '1.0', 'specversion',
        NOT match(said.source, '^/[a-z0-9][a-z0-9._/-]{0,62}$'), 'source',
        NOT match(d.source_transaction_id, '^[!-~]{1,128}$'), 'source_transaction_id',
        said.id != id_derived, 'id',
        said.time < toDateTime64('2000-01-01 00:00:00', 3, 'UTC') OR said.time > recorded_at + INTERVAL 1 DAY, 'time',
        length(d.account) != 32 OR lower(hex(unhex(d.account))) != d.account, 'account',
        NOT match(d.bank_reference, '^[0-9A-Z][0-9A-Z._/:-]{0,63}$'), 'bank_reference',
        (kind_said IN ('refunded', 'reversed')) != isNotNull(d.compensation_reference)
            OR NOT match(coalesce(d.compensation_reference, '0'), '^[0-9A-Z][0-9A-Z._/:-]{0,63}$'), 'compensation_reference',
        d.amount_vnd < 1 OR d.amount_vnd > 1000000000000000, 'amount',
        d.currency != 'VND', 'currency',
        d.time_precision NOT IN ('instant', 'day'), 'time_precision',
        d.rail_class NOT IN ('p2m_payment', 'p2p_transfer', 'wallet', 'card', 'cash_reported', 'unknown'), 'rail_class',
        isNotNull(d.virtual_account) AND (length(d.virtual_account) != 32 OR lower(hex(unhex(assumeNotNull(d.virtual_account)))) != d.virtual_account), 'virtual_account',
        isNotNull(d.stall_code) AND NOT match(assumeNotNull(d.stall_code), '^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$'), 'stall_code',
        isNotNull(d.payer_token) AND (length(d.payer_token) != 32 OR lower(hex(unhex(assumeNotNull(d.payer_token)))) != d.payer_token), 'payer_token',
        isNotNull(d.balance_after_vnd) AND (d.balance_after_vnd < -1000000000000000 OR d.balance_after_vnd > 1000000000000000), 'balance',
        isNotNull(d.text) AND (d.text = '' OR lengthUTF8(assumeNotNull(d.text)) > 200
            OR match(assumeNotNull(d.text), '[\\x00-\\x1f\\x7f-\\x{9f}\\x{2028}\\x{2029}]')
            OR normalizeUTF8NFC(assumeNotNull(d.text)) != d.text), 'text',
        '') AS reason,
    kind_said AS kind,
    said AS event
FROM payment_intake;
