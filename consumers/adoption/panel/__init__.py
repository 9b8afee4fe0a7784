"""Vendors and their days as arrays: who was there, who was paid, who is active."""
