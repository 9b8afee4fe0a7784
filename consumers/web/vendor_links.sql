-- Which accounts and stalls are this vendor's, and where does he trade?
-- Grain: one interval of days in which an account, or a stall's code, is his.
SELECT l.method AS method, l.key AS key, l.market AS market, l.stall AS stall, d.detail.1 AS account_last4, d.detail.2 AS bank_bin,
    l.effective_from AS effective_from, l.effective_to AS effective_to
FROM registry_link(known_at = {known_at:DateTime64(3)}) AS l
LEFT JOIN (
    SELECT assumeNotNull(account) AS account, argMax((account_last4, bank_bin), rank) AS detail
    FROM registry_statement
    WHERE recorded_at <= {known_at:DateTime64(3)} AND kind = 'account_linked' AND vendor = {vendor:String}
    GROUP BY account) AS d ON d.account = l.key
WHERE l.vendor = {vendor:String}
ORDER BY l.effective_to DESC, l.effective_from DESC, l.method, l.key
