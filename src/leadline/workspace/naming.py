"""Giving every repository of a workspace a name of its own."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import msgspec

from leadline.findings import one_line
from leadline.workspace.configuration import Configuration, Repository


def with_names(configuration: Configuration, *, folder: Path) -> Configuration:
    """Return the configuration with a name for each repository that has none.

    A repository goes by its folder's name, or by that and the folder's above where
    several would share it: `ads/api` and `search/api`.

    Parameters
    ----------
    configuration : Configuration
        As the file says it.
    folder : Path
        The workspace's folder, which relative paths start from.
    """
    places = [_parts(repository, folder) for repository in configuration.repository]
    short = Counter(parts[-1] for parts in places)
    named = (
        repository
        if repository.name
        else msgspec.structs.replace(
            repository, name="/".join(parts[-2:] if short[parts[-1]] > 1 else parts[-1:])
        )
        for repository, parts in zip(configuration.repository, places, strict=True)
    )
    return msgspec.structs.replace(configuration, repository=tuple(named))


def _parts(repository: Repository, folder: Path) -> list[str]:
    """Return the folders on the way to a repository, for showing on one line."""
    if repository.path:
        place = os.path.normpath(folder.resolve() / Path(repository.path).expanduser())
    else:
        place = repository.url.rstrip("/")
    parts = [one_line(part) for part in re.split(r"[/\\:]", place) if part.strip()]
    return [part.removesuffix(".git") for part in parts] or [place]
