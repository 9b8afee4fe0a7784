"""Reports that a department can sign: one table of facts feeds every format and both languages."""
