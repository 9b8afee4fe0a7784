"""How it is carried and run: settings, logs, clocks, clients, the embedded stack.

It knows bytes, rows and clocks; it knows no payments.
"""
