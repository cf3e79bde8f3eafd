"""Reads across rows: each returns rows or a dataclass, never a dict."""
