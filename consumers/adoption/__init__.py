"""Who has really adopted cashless payment: figures with their denominators."""
