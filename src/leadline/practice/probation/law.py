"""The law as data: what one dated row of `law.toml` says.

A row that nobody has checked at a source ships with `enabled = false`; the engine then
asks instead of answering. `law.schema.json` beside the file describes every key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from leadline.practice.probation.spans import Span


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """For which contracts an entry holds; an empty condition holds for all.

    Terms compare the length of a fixed term, sizes the number of employees; both ends
    of a size are included, `term_up_to` is included, `term_under` is not.
    """

    kind: str = ""
    roles: frozenset[str] = frozenset()
    size_from: int = 0
    size_to: int = 0
    term_up_to: Span | None = None
    term_under: Span | None = None
    next_contract: str = ""
    needs_agreement: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """One length of probation, and for whom; the first entry that holds counts.

    Attributes
    ----------
    length : Span or None
        The maximum. None with `ask` or `none`, or where only the share caps.
    share : Fraction or None
        The maximum share of a fixed term.
    one_day_per : int
        One day (in the unit of `length`) for each started or whole this many calendar
        days of the term; `length` caps, `at_least` is the floor.
    none : bool
        No probation can be agreed.
    ask : str
        The law gives no number here: the question to ask.
    """

    when: When
    length: Span | None = None
    share: Fraction | None = None
    one_day_per: int = 0
    at_least: int = 0
    none: bool = False
    ask: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Notice within probation once more than `after` has passed."""

    length: Span
    after: Span | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wait:
    """Time until protection against dismissal; a shorter one may hold from a day on."""

    length: Span
    when: When
    shorter: Span | None = None
    shorter_from: date = date.max


@dataclass(frozen=True, kw_only=True, slots=True)
class AbsenceRule:
    """How days away move the end: counted how, for which absences, on what condition."""

    counts: Literal["calendar-days", "working-days", "month-per-30-days"]
    kinds: frozenset[str] = frozenset()
    condition: str = ""
    within_share: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One row: the law of one country for contracts of one span of time.

    `basis` is "statute" (a maximum probation), "wait" (no probation in the statute, but
    a time until protection against dismissal), "custom" (neither) or "none" (abolished).
    """

    id: str
    country: str
    name: str
    basis: Literal["statute", "wait", "custom", "none"]
    tag: Literal["V", "V2", "M"]
    enabled: bool
    statute: str
    source: str
    checked_on: date | None = None
    version_by: Literal["contract", "start"] = "contract"
    valid_from: date = date.min
    valid_until: date = date.max
    periods: tuple[Period, ...] = ()
    notice: tuple[Notice, ...] = ()
    notice_by: Literal["elapsed", "length"] = "elapsed"
    notice_inside: bool = True
    written: bool = False
    hearing: Span | None = None
    silence: Literal["permanent", "ends"] = "permanent"
    wait: tuple[Wait, ...] = ()
    wait_includes_last_day: bool = False
    absence: AbsenceRule | None = None
    summary: str = ""
    traps: tuple[str, ...] = ()
    question: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Law:
    """All rows, by country."""

    rules: tuple[Rule, ...]

    def of(self, country: str) -> tuple[Rule, ...]:
        """Return the rows of "CA-ON", else those of "CA", oldest first."""
        code = country.strip().upper()
        for key in (code, code.partition("-")[0]):
            rows = tuple(rule for rule in self.rules if rule.country == key)
            if rows:
                return tuple(sorted(rows, key=lambda rule: rule.valid_from))
        return ()
