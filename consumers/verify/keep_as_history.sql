-- Put what this database has of a log into the store ({main}), as a log of its own.
-- Grain: one record.
INSERT INTO {main:Identifier}.{table:Identifier}
SELECT * REPLACE ({history:String} AS topic_id)
FROM (SELECT * FROM {table:Identifier} WHERE topic_id = {topic_id:String})  -- else the new name would be compared
