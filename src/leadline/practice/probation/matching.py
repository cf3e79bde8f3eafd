"""Which entries of a row hold for a contract of which not everything is known.

A condition is true, false or not known yet. Entries are read in order and the first
true one counts; entries before it that may still hold stay candidates, and the fields
that would decide them are named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Protocol, TypeVar

from leadline.practice.probation.contract import Contract
from leadline.practice.probation.law import When
from leadline.practice.probation.spans import Span, last_day

# In the order in which an answer is likely to settle the rest.
QUESTIONS = {
    "kind": "Is the contract permanent or for a fixed term?",
    "ends_on": "On which day does the fixed term end?",
    "role": "Which role class does the contract name (manual, employee, technician, "
    "professional, manager, executive)?",
    "employer_size": "How many people does the employer have?",
    "next_contract": "Which contract does the employer intend after the trial contract?",
    "agreed_months": "How many months of probation does the contract agree in writing?",
    "absence_extends": "Was it agreed or told in writing that absences move the end?",
}


class Conditional(Protocol):
    """Anything with a condition."""

    @property
    def when(self) -> When: ...


E = TypeVar("E", bound=Conditional)


def matching(
    entries: Iterable[E], *, contract: Contract, start_on: date
) -> tuple[list[E], set[str]]:
    """Return the entries that hold or may hold, and the fields that would decide.

    Returns
    -------
    entries, missing : list, set of str
        One entry and no field where everything that matters is known.
    """
    candidates: list[E] = []
    missing: set[str] = set()
    for entry in entries:
        answers = list(_answers(entry.when, contract=contract, start_on=start_on))
        if any(known is False for _, known in answers):
            continue
        candidates.append(entry)
        open_fields = {name for name, known in answers if known is None}
        if not open_fields:
            break
        missing |= open_fields
    return candidates, missing if len(candidates) > 1 else set()


def _answers(
    when: When, *, contract: Contract, start_on: date
) -> Iterator[tuple[str, bool | None]]:
    """Yield one (field, answer) for each condition; None is not known."""
    kind = contract.effective_kind
    if when.kind:
        yield "kind", None if kind is None else kind == when.kind
    if when.roles:
        yield "role", None if contract.role is None else contract.role in when.roles
    if when.size_from or when.size_to:
        size = contract.employer_size
        fits = size is not None and when.size_from <= size <= (when.size_to or size)
        yield "employer_size", None if size is None else fits
    if when.needs_agreement:
        yield "agreed_months", None if contract.agreed_months is None else True
    if when.next_contract:
        known = contract.next_contract
        yield "next_contract", None if known is None else known == when.next_contract
    if when.term_up_to is not None:
        yield "ends_on", _term_within(contract, last_day(start_on, when.term_up_to))
    if when.term_under is not None:
        yield "ends_on", _term_within(contract, before_last(start_on, when.term_under))


def before_last(start_on: date, span: Span) -> date:
    """Return the day before the last day of a period: the longest term that is shorter."""
    return date.fromordinal(last_day(start_on, span).toordinal() - 1)


def _term_within(contract: Contract, limit: date) -> bool | None:
    if contract.effective_kind == "permanent":
        return False
    return None if contract.ends_on is None else contract.ends_on <= limit
