-- Which password is new?
-- Grain: a person.
UPDATE person SET password_hash = :password_hash WHERE name = :name
