"""People on the roster: the facts that rules of practice need, and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One person of the people file.

    Attributes
    ----------
    name : str
        As the people file writes it.
    emails : tuple of str
        Every address the person is known by, lower-case; the first is their key.
    start_on : date or None
        First working day.
    country : str
        ISO 3166-1 alpha-2, with a subdivision where holidays differ: "DE", "DE-BE".
    ends_on : date or None
        Last day, of a fixed term or because they leave.
    role, level : str
        Free text, e.g. "ML engineer", "senior".
    lead : str
        E-mail address of the person they report to; empty means the workspace's lead.
    probation_ends_on : date or None
        The contract's own date, where it says something else than the law.
    """

    name: str
    emails: tuple[str, ...]
    start_on: date | None = None
    country: str = ""
    ends_on: date | None = None
    role: str = ""
    level: str = ""
    lead: str = ""
    probation_ends_on: date | None = None

    @property
    def key(self) -> str:
        """The address that names this person everywhere."""
        return self.emails[0]

    def is_here(self, *, on: date) -> bool:
        """Whether the person is on the team that day; unknown dates count as here."""
        started = self.start_on is None or self.start_on <= on
        return started and (self.ends_on is None or on <= self.ends_on)

    def has_left(self, *, on: date) -> bool:
        """Whether the last day lies before that day."""
        return self.ends_on is not None and self.ends_on < on
