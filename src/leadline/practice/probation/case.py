"""What one answer is computed from, and what follows from it alone.

The last day that the law names, and the first day with protection against dismissal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from leadline.practice.dates import DAY
from leadline.practice.probation.contract import Absence, Contract
from leadline.practice.probation.law import Period, Rule, Wait
from leadline.practice.probation.matching import matching
from leadline.practice.probation.results import AskHR, Step
from leadline.practice.probation.spans import Span, Unit, last_day


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """Everything that one answer is computed from."""

    country: str
    rule: Rule
    contract: Contract
    start_on: date
    absences: Sequence[Absence]
    holidays: frozenset[date]
    assumptions: tuple[str, ...]

    def assuming(self, text: str) -> Case:
        """Return the case with one more thing taken for granted."""
        return replace(self, assumptions=(*self.assumptions, text))

    def ask(self, reason: str, *questions: str, missing: Iterable[str] = ()) -> AskHR:
        """Return a question that carries the row it comes from."""
        return AskHR(
            country=self.country,
            reason=reason,
            questions=questions,
            missing=tuple(missing),
            statute=self.rule.statute,
            source=self.rule.source,
            checked_on=self.rule.checked_on,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class End:
    """A last day, why, its unit, and the share of a term that no extension may pass."""

    step: Step
    unit: Unit
    never_after: date | None = None


def law_end(case: Case, period: Period, *, length: Span) -> End:
    """Return the law's last day of probation, caps by a fixed term included."""
    start = case.start_on
    term = case.contract.ends_on
    if term is None or not (period.share or period.one_day_per):
        end = last_day(start, length, holidays=case.holidays)
        text = f"The law allows {length}; {start} is the first day."
        return End(step=Step(end, text), unit=length.unit)
    days = (term - start).days + 1
    if period.share:
        share_end = start + timedelta(days=max(int(days * period.share), 1) - 1)
        end = min(share_end, last_day(start, length, holidays=case.holidays))
        text = f"At most {period.share} of the term of {days} days, and at most {length}."
        return End(step=Step(end, text), unit=length.unit, never_after=share_end)
    unit: Unit = "working-days" if length.unit == "working-days" else "days"
    span = Span(max(days // period.one_day_per, period.at_least, 1), unit)
    ends = [last_day(start, each, holidays=case.holidays) for each in (span, length)]
    end = min(ends)
    text = (
        f"One day for each {period.one_day_per} of the term of {days} days: {span}, "
        f"at most {length}."
    )
    return End(step=Step(end, text), unit=unit)


def first_protected(case: Case, wait: Wait) -> date:
    """Return the first day with protection, the shorter wait from its day on included."""
    more = DAY * (not case.rule.wait_includes_last_day)
    first = last_day(case.start_on, wait.length) + more
    if wait.shorter is None:
        return first
    shorter = last_day(case.start_on, wait.shorter) + more
    return min(first, max(shorter, wait.shorter_from))


def earliest_protection(case: Case) -> date | None:
    """Return the first day with protection that may hold, if the row knows one."""
    waits, _ = matching(case.rule.wait, contract=case.contract, start_on=case.start_on)
    return min((first_protected(case, wait) for wait in waits), default=None)
