"""What is said: events, money, identifiers, topics, and the ClickHouse schema. Pure."""
