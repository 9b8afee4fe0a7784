"""Figures of pages: from an answer to a chart, its table and where it leads."""
