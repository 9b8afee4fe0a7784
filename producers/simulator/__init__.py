"""A deterministic city with known truth: same arguments, same bytes, on every machine."""
