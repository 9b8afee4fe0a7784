-- What was noticed, delivered and acknowledged. A row is one such fact about one alert; a repeated row is harmless,
-- because an alert's id is derived from what it is about and its state is read from the set of facts.

CREATE TABLE IF NOT EXISTS alert_fact
(
    alert String,              -- of (rule, market, subject, day): the same thing has the same id for ever
    fact Enum8('raised' = 1, 'delivered' = 2, 'acknowledged' = 3),
    at DateTime64(3, 'UTC'),
    who LowCardinality(String),  -- who acknowledged, or to which host it was delivered
    rule LowCardinality(String),
    market LowCardinality(String),
    subject String,            -- a vendor or a source, '' where it is the market itself
    day Date,
    detail String
)
ENGINE = MergeTree
ORDER BY (alert, fact, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0;

-- How do alerts stand? A row is an alert. Of several acknowledgements the first stands.

CREATE OR REPLACE VIEW alert AS
SELECT
    f.alert AS alert, any(f.rule) AS rule, any(f.market) AS market, any(f.subject) AS subject, any(f.day) AS day,
    argMinIf(f.detail, (f.at, f.detail), f.fact = 'raised') AS detail,
    minIf(f.at, f.fact = 'raised') AS raised_at,
    if(countIf(f.fact = 'acknowledged') > 0, 'acknowledged', 'open') AS state,
    minOrNullIf(f.at, f.fact = 'acknowledged') AS acknowledged_at,
    argMinIf(f.who, (f.at, f.who), f.fact = 'acknowledged') AS acknowledged_by,
    minOrNullIf(f.at, f.fact = 'delivered') AS delivered_at
FROM alert_fact AS f
GROUP BY alert
HAVING countIf(f.fact = 'raised') > 0;
