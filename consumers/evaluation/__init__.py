"""Did the pilot work? Estimators over arrays, a choice of design, a verdict bound by rules."""
