"""Providers' own messages as evidence: what a provider's module gives, and what is made of it.

A provider is a module of `producers.providers`: pure, it knows how its provider signs, what its
message means and how it wants to be answered. Here is all that they share.
"""
