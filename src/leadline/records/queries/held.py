"""One piece of what is held about a person, wherever it came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """One piece that is held about a person.

    Attributes
    ----------
    what : str
        The kind of piece: "roster", "roster history", "calendar" …
    text : str
        The piece itself.
    on : date or None
        The day it is about or was noticed, where it has one.
    place : str
        Where it came from, and so where a mistake is mended.
    readers : tuple of str
        Who can read it in Leadline.
    since, times
        Where the same was said on several days and is shown once: the first of them, and
        how often.
    """

    what: str
    text: str
    on: date | None
    place: str
    readers: tuple[str, ...]
    since: date | None = None
    times: int = 1

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, as an export has them."""
        return {
            "what": self.what,
            "text": self.text,
            "on": self.on,
            "place": self.place,
            "readers": self.readers,
        }
