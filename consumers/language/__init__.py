"""Vietnamese and English: words, and numbers, days and money in the form of Vietnam."""
