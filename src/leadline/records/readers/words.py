"""How readings put counts and problems into words."""

from __future__ import annotations

from collections.abc import Iterable

from leadline.connectors.problems import Problem


def notes_of(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return each problem as one note."""
    return tuple(str(problem) for problem in problems)


def counted(count: int, one: str, many: str) -> str:
    """Return a count with its word: "1 file", "2 files"."""
    return f"{count} {one if count == 1 else many}"
