-- With how many keys were tokens made?
-- Grain: one number.
SELECT uniqExact(fingerprint) FROM token_key
