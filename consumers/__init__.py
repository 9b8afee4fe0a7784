"""Everything that reads a topic or a table."""
