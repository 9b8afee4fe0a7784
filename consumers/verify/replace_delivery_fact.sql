-- Show what this database has of one month in the store ({main}), instead of what is there, all at once.
-- Grain: one month.
ALTER TABLE {main:Identifier}.delivery_fact REPLACE PARTITION {month:UInt32} FROM delivery_fact
