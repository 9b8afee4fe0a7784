"""The `choso` command: the one place that builds settings, clients and clocks."""
