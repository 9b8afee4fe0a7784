"""From evidence to figures: whole days, recomputed, never incremented."""
