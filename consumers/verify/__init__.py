"""Proof: everything recomputed from evidence and from the log, and compared."""
