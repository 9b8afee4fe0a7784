-- What an evaluation reads: figures as known at its cut-off. Few days have evidence that came later; only these are
-- computed anew and put down under {ask} (see known_day), all others are as folded. A row is a vendor in a market on
-- a day; {asked_days} are the days that were put down.

CREATE OR REPLACE VIEW mixed_vendor_day AS
SELECT day, market, vendor, payment_count, payment_vnd
FROM day_fold
WHERE row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date} AND NOT has({asked_days:Array(Date)}, day)
    AND market IN {markets:Array(String)}
UNION ALL
SELECT day, market, vendor, payment_count, payment_vnd
FROM known_day
WHERE ask = {ask:String} AND row_kind = 'vendor' AND day BETWEEN {first_day:Date} AND {last_day:Date}
    AND has({asked_days:Array(Date)}, day) AND market IN {markets:Array(String)};
