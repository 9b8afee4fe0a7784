-- Put down in which row of stalls, or with which product, each vendor stands on {on_day}, for one question.
-- Grain: a vendor in a market.
INSERT INTO asked_group (ask, asked_at, market, vendor, grp)
SELECT {ask:String}, now(), market, vendor, if({by:String} = 'row', stall_row, product)
FROM vendor_place(ask = {registry_ask:String}, on_day = {on_day:Date})
