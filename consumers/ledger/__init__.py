"""One payment at a time: its evidence, how it merged; and what was not admitted."""
