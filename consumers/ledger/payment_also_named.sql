-- Which other payments do the events of this payment name too, as far as the fold has found?
-- Grain: an event of this payment, or of what was given back of it, with another payment, or what was given back of one, that it names.
SELECT choso_event_id(source, source_transaction_id, kind) AS event_id, one.compensation_reference AS compensation_reference,
    concat(lower(hex(other.account)), ':', other.bank_reference) AS other_payment_id,
    other.compensation_reference AS other_compensation_reference, min(greatest(one.recorded_at, other.recorded_at)) AS contested_at
FROM (
    SELECT account, bank_reference, compensation_reference, source, source_transaction_id, kind, recorded_at
    FROM event_conflict
    WHERE payment_hash = cityHash64(toFixedString(unhex({account:String}), 16), {reference:String})
        AND account = toFixedString(unhex({account:String}), 16) AND bank_reference = {reference:String}
        AND delivery NOT IN (SELECT delivery FROM retraction)) AS one
INNER JOIN event_conflict AS other
    ON other.source = one.source AND other.source_transaction_id = one.source_transaction_id AND other.kind = one.kind
WHERE other.delivery NOT IN (SELECT delivery FROM retraction)
    AND (other.account, other.bank_reference, other.compensation_reference) != (one.account, one.bank_reference, one.compensation_reference)
GROUP BY source, source_transaction_id, kind, compensation_reference, other_payment_id, other_compensation_reference
ORDER BY event_id, compensation_reference, other_payment_id, other_compensation_reference
LIMIT {limit:UInt32}
