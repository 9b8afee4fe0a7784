-- Which vendors does the registry know, where do they stand and what do they sell, as last named until {on_day}?
-- Grain: a vendor in a market.
SELECT market, vendor, stall, stall_row, product
FROM (/* view vendor_place */)
WHERE market IN {markets:Array(String)}
ORDER BY market, vendor
