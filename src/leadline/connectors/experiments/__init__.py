"""Experiment tables, as teams export them: recognised, checked, never mended."""
