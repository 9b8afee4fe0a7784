"""How it is carried and run: settings, logs, clocks, clients, the embedded stack. Knows no payments."""
