"""The commands, by what they are for: stack, data, look, care."""
