-- How many stalls did each market's census count, and from when until when does that stand?
-- Grain: an interval of days between two censuses of a market.
SELECT market, stall_count, effective_from, effective_to
FROM registry_span
WHERE ask = {ask:String} AND shape = 'census'
ORDER BY market, effective_from
