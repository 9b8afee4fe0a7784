"""Providers' own messages as evidence: a module each, pure, and one list of them.

A module says how its provider signs, what its message means and how it wants to be answered.
Nothing here reads a clock, a file or a network, and no name of a payer leaves a module.
"""
