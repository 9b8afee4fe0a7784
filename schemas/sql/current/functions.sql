-- What the views share: functions are written into a view when it is made, and no view depends on them later. They say what
-- schemas/cloudevent.py (Token, Code, Reference, Source, SourceTransactionId), schemas/text.py (is_text) and
-- schemas/ids.py (event_id) say; tests compare the patterns.

CREATE OR REPLACE FUNCTION choso_is_token AS (token) -> length(token) = 32 AND lower(hex(unhex(token))) = token;

CREATE OR REPLACE FUNCTION choso_is_code AS (code) -> match(code, '^[0-9A-Za-z][0-9A-Za-z._-]{0,47}$');

CREATE OR REPLACE FUNCTION choso_is_reference AS (reference) -> match(reference, '^[0-9A-Z][!-`{-~]{0,63}$');

CREATE OR REPLACE FUNCTION choso_is_source AS (source) -> match(source, '^/[a-z0-9][a-z0-9._/-]{0,62}$');

CREATE OR REPLACE FUNCTION choso_is_source_transaction_id AS (id) -> match(id, '^[!-~]{1,128}$');

CREATE OR REPLACE FUNCTION choso_is_text AS (text) ->
    text != '' AND lengthUTF8(text) <= 200 AND normalizeUTF8NFC(text) = text
    AND NOT match(text, '[\\x00-\\x1f\\x7f-\\x{9f}\\x{897}\\x{1acf}-\\x{1aff}\\x{2028}\\x{2029}\\x{10000}-\\x{1cfff}\\x{1e000}-\\x{1efff}]');

-- The UUIDv5 of (source, source transaction id, kind), each on its line, in choso's namespace.

CREATE OR REPLACE FUNCTION choso_event_id AS (source, source_transaction_id, kind) ->
    concat(
        substring(lower(hex(SHA1(concat(unhex('5f0c9c1e7a3b5d429b6e0c4f5e2a9d11'), source, '\n', source_transaction_id, '\n', kind)))) AS event_hash, 1, 8),
        '-', substring(event_hash, 9, 4), '-5', substring(event_hash, 14, 3), '-',
        transform(substring(event_hash, 17, 1),
            ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'],
            ['8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b', '8', '9', 'a', 'b'], ''),
        substring(event_hash, 18, 3), '-', substring(event_hash, 21, 12));

-- Which of several reports says best when it was: settled before failed, one that knows the instant before one that
-- knows the day, the earliest; as a number, the least is best, and its last 49 bits are the time.

CREATE OR REPLACE FUNCTION choso_time_key AS (is_failed, time_precision, time) ->
    bitShiftLeft(toUInt64(is_failed), 50) + bitShiftLeft(toUInt64(time_precision = 'day'), 49) + toUInt64(toUnixTimestamp64Milli(time));

-- Whose is it? Of the vendors that the registry links to a virtual account, to an account and to a stall's code on a day
-- ('' for none), the first one; what follows is the same of each way, and of none. The one home of that order.

CREATE OR REPLACE FUNCTION choso_by_owner AS (
    virtual_account_vendor, account_vendor, stall_vendor, by_virtual_account, by_account, by_stall_code, by_nothing) ->
    multiIf(virtual_account_vendor != '', by_virtual_account, account_vendor != '', by_account, stall_vendor != '', by_stall_code, by_nothing);
