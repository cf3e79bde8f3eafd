"""Contributors, and whether they can still be asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from leadline.practice.knowledge.identities import Contributor

HERE, UNLISTED, QUIET, LEFT = "here", "unlisted", "quiet", "left"
"""Presence: in the people file and not gone; not in it but seen lately; not seen lately;
past the last day that the people file gives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A contributor and whether they can still be asked.

    Attributes
    ----------
    contributor : Contributor
        Who it is.
    presence : str
        `HERE`, `UNLISTED`, `QUIET` or `LEFT`.
    last_on : date or None
        The last day they stand on a commit of this repository.
    ends_on : date or None
        Their last day as the people file gives it.
    """

    contributor: Contributor
    presence: str
    last_on: date | None
    ends_on: date | None = None

    @property
    def name(self) -> str:
        """The name to show."""
        return self.contributor.name

    @property
    def key(self) -> str:
        """The address that names them."""
        return self.contributor.key

    @property
    def is_here(self) -> bool:
        """Whether they can be expected to answer a question."""
        return self.presence in (HERE, UNLISTED)
