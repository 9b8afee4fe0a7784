-- Put down the figures of consecutive days of one week as they were known at {known_at}, for one question.
-- Grain: a vendor in a market, or a market, on a day.
INSERT INTO known_day (
    ask, asked_at, day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets,
    cash_count, cash_vnd, refund_count, refund_vnd, reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd,
    method_count, paid_vendor_count, first_at, last_at)
SELECT {ask:String}, now(), day, row_kind, market, vendor, payment_count, payment_vnd, payer_count, payerless_count, payers, tickets,
    cash_count, cash_vnd, refund_count, refund_vnd, reversed_count, conflict_count, failed_count, small_count, rail_count, rail_vnd,
    method_count, paid_vendor_count, first_at, last_at
FROM (/* view day_figures */)
WHERE row_kind != 'state'
