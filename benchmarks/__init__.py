"""Measurements: each module is a command, results lie in `results`."""
