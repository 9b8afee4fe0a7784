-- Is a stored row still what was said? Each view writes the body again from the columns of its table; a row
-- whose `sipHash128(body)` is not `digest` was altered. A row is a row of that table.
-- The settings stand in the views, so that the bytes are the same whoever asks.

CREATE OR REPLACE VIEW evidence_body AS
SELECT
    topic_id, partition, offset, day, account, bank_reference, digest,
    toJSONString(CAST((
        '1.0', choso_event_id(source, source_transaction_id, toString(kind)), source, concat('vn.choso.payment.', toString(kind), '.v1'), time,
        (source_transaction_id, lower(hex(account)), bank_reference, NULL, amount_vnd, 'VND', toString(time_precision), toString(rail_class),
         lower(hex(virtual_account)), stall_code, lower(hex(payer_token)), balance_after_vnd, text)),
        'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, account String, bank_reference String, compensation_reference Nullable(String), amount_vnd Int64, currency String, time_precision String, rail_class String, virtual_account Nullable(String), stall_code Nullable(String), payer_token Nullable(String), balance_after_vnd Nullable(Int64), text Nullable(String)))')) AS body
FROM evidence
SETTINGS date_time_output_format = 'iso', output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

CREATE OR REPLACE VIEW compensation_body AS
SELECT
    topic_id, partition, offset, day, account, bank_reference, digest,
    toJSONString(CAST((
        '1.0', choso_event_id(source, source_transaction_id, toString(kind)), source, concat('vn.choso.payment.', toString(kind), '.v1'), time,
        (source_transaction_id, lower(hex(account)), bank_reference, compensation_reference, amount_vnd, 'VND', toString(time_precision), toString(rail_class),
         lower(hex(virtual_account)), stall_code, lower(hex(payer_token)), balance_after_vnd, text)),
        'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, account String, bank_reference String, compensation_reference Nullable(String), amount_vnd Int64, currency String, time_precision String, rail_class String, virtual_account Nullable(String), stall_code Nullable(String), payer_token Nullable(String), balance_after_vnd Nullable(Int64), text Nullable(String)))')) AS body
FROM compensation
SETTINGS date_time_output_format = 'iso', output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

-- `day` is `effective_from`; an account that is not named is 16 zero bytes, as is the bank reference ''.

CREATE OR REPLACE VIEW registry_body AS
SELECT
    topic_id, partition, offset, toDate(effective_from) AS day,
    toFixedString(unhex(coalesce(registry_fact.account, '')), 16) AS account, '' AS bank_reference, digest,
    toJSONString(CAST((
        '1.0', choso_event_id(source, source_transaction_id, kind), source, concat('vn.choso.registry.', kind, '.v1'), time,
        (source_transaction_id, effective_from, market, stall, vendor, registry_fact.account, qr, team, name, market_kind, product, area,
         account_last4, bank_bin, stall_count, open, amount_vnd, tender, payment_count, rail_class, note)),
        'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, effective_from Date32, market Nullable(String), stall Nullable(String), vendor Nullable(String), account Nullable(String), qr Nullable(String), team Nullable(String), name Nullable(String), market_kind Nullable(String), product Nullable(String), area Nullable(String), account_last4 Nullable(String), bank_bin Nullable(String), stall_count Nullable(Int64), open Nullable(Bool), amount_vnd Nullable(Int64), tender Nullable(String), payment_count Nullable(Int64), rail_class Nullable(String), note Nullable(String)))')) AS body
FROM registry_fact
SETTINGS date_time_output_format = 'iso', output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

-- `day` is that of `time`; of a delivery no one account.

CREATE OR REPLACE VIEW delivery_body AS
SELECT
    topic_id, partition, offset, toDate(time, 'Asia/Ho_Chi_Minh') AS day, toFixedString('', 16) AS account, '' AS bank_reference, digest,
    toJSONString(CAST((
        '1.0', choso_event_id(source, source_transaction_id, kind), source, concat('vn.choso.delivery.', kind, '.v1'), time,
        (source_transaction_id, delivery, name, sha256, byte_count, line_count, profile, profile_sha256, reader, market, first_day, last_day,
         opening_vnd, closing_vnd, accounts, outcomes, who, why)),
        'Tuple(specversion String, id String, source String, type String, time DateTime64(3, \'UTC\'), data Tuple(source_transaction_id String, delivery String, name Nullable(String), sha256 Nullable(String), byte_count Nullable(Int64), line_count Nullable(Int64), profile Nullable(String), profile_sha256 Nullable(String), reader Nullable(String), market Nullable(String), first_day Nullable(Date32), last_day Nullable(Date32), opening_vnd Nullable(Int64), closing_vnd Nullable(Int64), accounts Array(String), outcomes Array(Tuple(outcome String, reason Nullable(String), row_count Int64, line_count Int64, in_vnd Int64, out_vnd Int64, change_vnd Int64, unread_count Int64)), who Nullable(String), why Nullable(String)))')) AS body
FROM delivery_fact
SETTINGS date_time_output_format = 'iso', output_format_json_escape_forward_slashes = 0, output_format_json_quote_64bit_integers = 0;

-- Where is what of the log? A row is a stored record, in whichever table it lies, with its coordinates, the batch
-- that it was landed in, and the hash of its bytes.

CREATE OR REPLACE VIEW stored_record AS
SELECT 'evidence' AS table, topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM evidence
UNION ALL
SELECT 'compensation', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM compensation
UNION ALL
SELECT 'registry_fact', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM registry_fact
UNION ALL
SELECT 'delivery_fact', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM delivery_fact
UNION ALL
SELECT 'rejected', topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, digest
FROM rejected;

-- What are its bytes? A row is a stored record, its bytes written again.

CREATE OR REPLACE VIEW stored_body AS
SELECT 'evidence' AS table, topic_id, partition, offset, digest, body FROM evidence_body
UNION ALL
SELECT 'compensation', topic_id, partition, offset, digest, body FROM compensation_body
UNION ALL
SELECT 'registry_fact', topic_id, partition, offset, digest, body FROM registry_body
UNION ALL
SELECT 'delivery_fact', topic_id, partition, offset, digest, body FROM delivery_body
UNION ALL
SELECT 'rejected', topic_id, partition, offset, digest, body FROM rejected;

-- Which facts were told in ways that contradict each other? A row is one event id that came with several amounts or names several
-- payments. All stay; these payments count as conflicts. First the few hashes that came with two digests, then what they are.
-- The search of all evidence spills to disk rather than outgrow the store's memory.

CREATE OR REPLACE VIEW conflict_event AS
WITH
    told AS (
        SELECT source, source_transaction_id, toString(kind) AS kind, account, bank_reference, '' AS compensation_reference,
            if(kind = 'failed', 0, amount_vnd) AS amount_vnd, digest, recorded_at
        FROM evidence
        WHERE delivery NOT IN (SELECT delivery FROM retraction)
        UNION ALL
        SELECT source, source_transaction_id, toString(kind), account, bank_reference, compensation_reference,
            amount_vnd, digest, recorded_at
        FROM compensation
        WHERE delivery NOT IN (SELECT delivery FROM retraction)),
    suspect AS (
        SELECT sipHash64(source, source_transaction_id, kind) AS event_hash
        FROM told
        GROUP BY event_hash
        HAVING min(digest) != max(digest))
SELECT
    choso_event_id(source, source_transaction_id, kind) AS event_id,
    source,
    source_transaction_id,
    kind,
    uniqExact(account, bank_reference, compensation_reference, amount_vnd) AS content_count,
    min(recorded_at) AS recorded_first_at,
    arraySort(groupUniqArray((lower(hex(account)), bank_reference))) AS payments  -- (account token, bank reference)
FROM told
WHERE sipHash64(source, source_transaction_id, kind) IN (SELECT event_hash FROM suspect)
GROUP BY source, source_transaction_id, kind
HAVING content_count > 1
SETTINGS max_bytes_before_external_group_by = 268435456;
