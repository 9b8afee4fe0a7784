"""Estimators: numbers in, numbers out. They import nothing of ours and say no sentence."""
