"""Writes with more than one effect: a verb each, in one transaction."""
