"""Answers as tables, JSON, CSV, Parquet, and the page of the metrics."""
