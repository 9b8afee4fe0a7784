-- Who may no longer sign in?
-- Grain: a person.
DELETE FROM person WHERE name = :name
