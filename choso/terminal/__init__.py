"""What commands print: facts of studies as text, in one language."""
