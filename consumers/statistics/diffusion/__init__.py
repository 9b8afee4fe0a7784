"""How adoption spreads: its likelihood, what is believed before any data, and how it is drawn."""
