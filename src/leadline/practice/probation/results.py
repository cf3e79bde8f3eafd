"""What the engine answers: dates with the way they came about, or a question for HR."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

CONFIRM = "Not legal advice: confirm with HR before anybody acts on a date."


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the arithmetic: the date it led to, and why."""

    on: date
    text: str


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if isinstance(value, ProbationDates | AskHR | Step):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbationDates:
    """The dates of one probation, the same whether somebody is doing well or not.

    Attributes
    ----------
    country, rule_id : str
        Which row of the law answered.
    kind : str
        "probation"; "wait" (no probation in the statute: the time before protection
        against dismissal); "contract" (the contract's own end date was given).
    start_on, ends_on : date
        First and last day, absences included.
    evaluate_on : date
        The evaluation: halfway of six months and more, else a month before the end.
    last_notice_on : date
        Last day on which notice can reach the person.
    last_safe_on : date
        Last day for a decision that leaves time for hearing, signing and delivering.
    protected_on : date or None
        First day with protection against dismissal, where the row knows it.
    steps, assumptions, traps : tuple
        How the dates came about, what was taken for granted, what makes them void.
    statute, source, checked_on, tag : str, str, date, str
        Where the row stands, where it was checked, when, and how well (V, V2).
    """

    country: str
    rule_id: str
    kind: str
    start_on: date
    ends_on: date
    evaluate_on: date
    last_notice_on: date
    last_safe_on: date
    protected_on: date | None
    steps: tuple[Step, ...]
    assumptions: tuple[str, ...]
    traps: tuple[str, ...]
    statute: str
    source: str
    checked_on: date | None
    tag: str
    confirm: str = CONFIRM

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, dates in ISO format."""
        plain: dict[str, Any] = _plain(self)
        return plain


@dataclass(frozen=True, kw_only=True, slots=True)
class AskHR:
    """The law on file does not decide this; what to ask, and the range if there is one.

    Attributes
    ----------
    country, reason : str
        What was asked for, and why there is no single answer.
    missing : tuple of str
        Fields of `Contract` that would decide it.
    questions : tuple of str
        What to ask HR.
    candidates : tuple of ProbationDates
        One for each answer that the missing fields allow; the earliest date is safe.
    ends_on, evaluate_on : date or None
        Known where the contract's own end date was given.
    statute, source, checked_on : str, str, date or None
        The row behind it, if there is one.
    """

    country: str
    reason: str
    questions: tuple[str, ...]
    missing: tuple[str, ...] = ()
    candidates: tuple[ProbationDates, ...] = ()
    ends_on: date | None = None
    evaluate_on: date | None = None
    statute: str = ""
    source: str = ""
    checked_on: date | None = None
    confirm: str = CONFIRM

    @property
    def safe_on(self) -> date:
        """The earliest last safe day among the candidates; safe whatever HR answers."""
        return min(dates.last_safe_on for dates in self.candidates)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, dates in ISO format."""
        plain: dict[str, Any] = _plain(self)
        return plain
