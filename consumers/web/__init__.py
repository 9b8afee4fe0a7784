"""The HTTP API for readers, and what monitors ask."""
