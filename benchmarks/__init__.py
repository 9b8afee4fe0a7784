"""The numbers of the spine, measured side by side on this machine: `make bench`."""
