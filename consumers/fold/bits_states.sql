-- From which paid days were the bits of each block of weeks made?
-- Grain: a block of weeks.
SELECT block, weeks, hashes FROM vendor_bits WHERE ask = '' AND row_kind = 'state'
