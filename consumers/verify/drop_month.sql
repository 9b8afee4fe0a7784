-- Throw away the batches of one month.
-- Grain: one month.
ALTER TABLE {table:Identifier} DROP PARTITION {month:UInt32}
