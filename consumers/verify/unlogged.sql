-- Which admitted contents, stored under these offsets of one log, has the topic's present log not, as read into {scratch}? Left
-- out: what one of the logs {told} holds, and what was altered.
-- Grain: one content of one offset and delivery, in the order of the log.
WITH
    here AS (
        SELECT offset, digest, delivery FROM evidence
        WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}
        UNION ALL
        SELECT offset, digest, delivery FROM compensation
        WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}
        UNION ALL
        SELECT offset, digest, '' FROM registry_fact
        WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}
        UNION ALL
        SELECT offset, digest, '' FROM delivery_fact
        WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}),
    logged AS (
        SELECT digest, delivery FROM {scratch:Identifier}.evidence WHERE digest IN (SELECT digest FROM here)
        UNION ALL
        SELECT digest, delivery FROM {scratch:Identifier}.compensation WHERE digest IN (SELECT digest FROM here)
        UNION ALL
        SELECT digest, '' FROM {scratch:Identifier}.registry_fact WHERE digest IN (SELECT digest FROM here)
        UNION ALL
        SELECT digest, '' FROM {scratch:Identifier}.delivery_fact WHERE digest IN (SELECT digest FROM here)
        UNION ALL
        SELECT digest, delivery FROM evidence WHERE topic_id IN {told:Array(String)} AND digest IN (SELECT digest FROM here)
        UNION ALL
        SELECT digest, delivery FROM compensation WHERE topic_id IN {told:Array(String)} AND digest IN (SELECT digest FROM here)
        UNION ALL
        SELECT digest, '' FROM registry_fact WHERE topic_id IN {told:Array(String)} AND digest IN (SELECT digest FROM here)
        UNION ALL
        SELECT digest, '' FROM delivery_fact WHERE topic_id IN {told:Array(String)} AND digest IN (SELECT digest FROM here))
SELECT DISTINCT h.offset AS offset, hex(b.body) AS body_hex, h.delivery AS delivery
FROM here AS h
INNER JOIN (
    SELECT offset, digest, body FROM stored_body
    WHERE topic_id = {topic_id:String} AND partition = {partition:UInt16} AND offset >= {first:UInt64} AND offset < {after:UInt64}
        AND table != 'rejected') AS b ON b.offset = h.offset AND b.digest = h.digest
WHERE sipHash128(b.body) = h.digest AND (h.digest, h.delivery) NOT IN (SELECT digest, delivery FROM logged)
ORDER BY offset, delivery
