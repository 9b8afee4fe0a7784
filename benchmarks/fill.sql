-- Land what is said in a quarter of a day through the intake, as the sink would: one batch of four partitions.
-- Grain: one record.
INSERT INTO payment_intake (topic_id, partition, offset, batch_first, batch_span, batch_count, batch_month, recorded_at, body)
SELECT
    {topic_id:String}, number % 4 AS partition, {first_offset:UInt64} + intDiv(number, 4), {first_offset:UInt64},
    toUInt32(intDiv({records:UInt32} + 3, 4)), toUInt32(intDiv({records:UInt32} + 3 - partition, 4)),
    toYYYYMM({day:Date}), arrived_at, body
FROM (
    SELECT rowNumberInAllBlocks() AS number, arrived_at, body
    FROM bench_report(day = {day:Date}, quarter = {quarter:UInt8}, payments = {payments:UInt32}, accounts = {accounts:UInt32}))
