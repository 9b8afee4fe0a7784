-- How many records of this log, as read into this database, does the store ({main}) hold under no coordinates at all?
-- Grain: one number.
SELECT uniqExact(partition, offset) AS record_count
FROM stored_record
WHERE topic_id = {topic_id:String} AND digest NOT IN (SELECT digest FROM {main:Identifier}.stored_record)
