-- Who may sign in?
-- Grain: a person.
SELECT name, role, markets, password_hash, created_at_s FROM person ORDER BY name
