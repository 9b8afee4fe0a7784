"""Who may see what: people with roles, machines with keys, sessions, and the gate before all."""
