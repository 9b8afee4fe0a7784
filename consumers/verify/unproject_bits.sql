-- Forget the paid days that are kept as bits, so that the fold makes them again.
-- Grain: a vendor in a market in a block of weeks.
ALTER TABLE vendor_bits DELETE WHERE ask = ''
