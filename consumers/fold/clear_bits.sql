-- Throw away what an earlier attempt at this block of weeks left.
-- Grain: a block of weeks.
ALTER TABLE vendor_bits_staging DROP PARTITION ('', {block:UInt16})
