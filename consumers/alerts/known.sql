-- Which of these alerts were raised before?
-- Grain: an alert.
SELECT DISTINCT alert FROM alert_fact WHERE fact = 'raised' AND alert IN {ids:Array(String)}
