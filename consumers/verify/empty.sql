-- Throw this table's rows away, so that they are made again.
-- Grain: the table.
TRUNCATE TABLE {table:Identifier}
