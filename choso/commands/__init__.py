"""The commands, a module for each group; what they compute with is imported when they run."""
