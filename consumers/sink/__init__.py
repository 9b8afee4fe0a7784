"""From the log into the store: records as they came, with their coordinates."""
