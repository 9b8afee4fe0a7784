"""The metrics: each is one module and one statement, listed in the catalogue."""
