-- Who has this name?
-- Grain: a person.
SELECT name, role, markets, password_hash, created_at_s FROM person WHERE name = :name
