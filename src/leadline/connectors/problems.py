"""What a connector could not read, named so that somebody can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One row, event or column that was left out, or read only in part.

    Attributes
    ----------
    place : str
        The file or address.
    line : int
        Line in it, from 1; 0 where the whole source is meant.
    part : str
        The column or the event's title.
    message : str
        What was given, what is allowed, what to do.
    """

    place: str
    line: int
    part: str
    message: str

    def __str__(self) -> str:
        where = f"{self.place} line {self.line}" if self.line else self.place
        return (
            f"{where}, {self.part}: {self.message}" if self.part else f"{where}: {self.message}"
        )
