"""git, read-only: who touched which path when, through the git command line."""

from leadline.connectors.git.contents import file_at, recent_changes
from leadline.connectors.git.history import copy_of, read_history

__all__ = ["copy_of", "file_at", "read_history", "recent_changes"]
