-- Which person is new?
-- Grain: a person.
INSERT INTO person (name, role, markets, password_hash, created_at_s)
VALUES (:name, :role, :markets, :password_hash, :created_at_s)
