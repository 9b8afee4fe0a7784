-- Show the block's new bits, all at once.
-- Grain: a block of weeks.
ALTER TABLE vendor_bits REPLACE PARTITION ('', {block:UInt16}) FROM vendor_bits_staging
