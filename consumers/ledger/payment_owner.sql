-- Whose is a payment of this day into these accounts, by which way, and from when until when does that hold?
-- Grain: one row; method '' where it is nobody's.
SELECT
    anyIf((market, vendor, effective_from, effective_to), method = 'account' AND key = {virtual_account:String}) AS va,
    anyIf((market, vendor, effective_from, effective_to), method = 'account' AND key = {account:String}) AS ac,
    anyIf((market, vendor, effective_from, effective_to), method = 'stall_code' AND key = {stall_code:String}) AS st,
    choso_by_owner(va.2, ac.2, st.2, 'virtual_account', 'account', 'stall_code', '') AS way,
    choso_by_owner(va.2, ac.2, st.2, va, ac, st, st) AS link
FROM registry_link(known_at = '2100-01-01 00:00:00')
WHERE key IN ({virtual_account:String}, {account:String}, {stall_code:String}) AND effective_from <= {day:Date} AND effective_to > {day:Date}
