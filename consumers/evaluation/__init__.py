"""Did the pilot work? A choice of design, its estimates, a verdict bound by rules."""
