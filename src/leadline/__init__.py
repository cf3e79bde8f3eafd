"""Leadline: a few true lines about what needs a data-science lead next, each with its receipt."""

__version__ = "0.1.0"
