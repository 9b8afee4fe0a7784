"""Adoption day by day, and markets and vendors at a glance."""
