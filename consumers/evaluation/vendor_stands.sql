-- Which vendors does the registry know, where do they stand and what do they sell, as last named until {on_day}?
-- Grain: a vendor in a market.
SELECT market, vendor, stall, stall_row, product
FROM vendor_place(ask = {ask:String}, on_day = {on_day:Date})
WHERE market IN {markets:Array(String)}
ORDER BY market, vendor
