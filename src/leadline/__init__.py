"""Leadline: a few true lines about what needs a data-science lead, with receipts."""

__version__ = "0.1.0"
