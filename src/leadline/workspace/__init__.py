"""A workspace: a folder with a `leadline.toml` that says what to read, and how."""

from leadline.workspace.configuration import Configuration, name_of
from leadline.workspace.reading import (
    FILE_NAME,
    Workspace,
    find_workspace,
    read_configuration,
)

__all__ = [
    "FILE_NAME",
    "Configuration",
    "Workspace",
    "find_workspace",
    "name_of",
    "read_configuration",
]
