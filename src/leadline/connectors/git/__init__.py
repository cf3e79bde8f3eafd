"""git, read-only: who touched which path when, through the git command line."""

from leadline.connectors.git.history import copy_of, read_history

__all__ = ["copy_of", "read_history"]
