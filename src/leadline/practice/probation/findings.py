"""Probation in the brief: the evaluation, the last safe day, and questions for HR.

The lines are the same whether somebody is doing well or not, and the person reads what
the lead reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from leadline.findings import LEAD, Citation, Finding, Receipt
from leadline.practice.people import Person
from leadline.practice.probation.contract import Absence, Contract
from leadline.practice.probation.engine import probation_dates
from leadline.practice.probation.law import Law
from leadline.practice.probation.results import AskHR, ProbationDates

EVALUATION_AHEAD_DAYS = 14
SAFE_DAY_AHEAD_DAYS = 21
ASK_WITHIN_DAYS = 183
"""How long after the start an unanswered question still matters: six months."""

PRACTICE = Citation(
    text="With six months evaluate at three, with less about a month before the end; tell "
    "those who do fine that they do, and give those who do not a way and time.",
    source="Interview with a head of data science, 55:48",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbationFacts:
    """What is known beyond the people file, each by the person's key or by country.

    Attributes
    ----------
    contracts, absences : mapping from Person.key
        What is known about the contract; whole days away.
    holidays : mapping from Person.country
        Public holidays over the years in question.
    evaluated, decided : mapping from Person.key
        The day of the evaluation; the day on which the outcome was told.
    """

    contracts: Mapping[str, Contract] = field(default_factory=dict)
    absences: Mapping[str, Sequence[Absence]] = field(default_factory=dict)
    holidays: Mapping[str, frozenset[date]] = field(default_factory=dict)
    evaluated: Mapping[str, date] = field(default_factory=dict)
    decided: Mapping[str, date] = field(default_factory=dict)


def dates_of(
    person: Person, *, facts: ProbationFacts, law: Law | None = None
) -> ProbationDates | AskHR | None:
    """Return the person's dates; None where no start date is known."""
    if person.start_on is None:
        return None
    contract = facts.contracts.get(person.key, Contract(ends_on=person.ends_on))
    return probation_dates(
        country=person.country,
        start_on=person.start_on,
        contract=contract,
        absences=facts.absences.get(person.key, ()),
        holidays=facts.holidays.get(person.country, frozenset()),
        ends_on_override=person.probation_ends_on,
        law=law,
    )


def findings(
    *,
    people: Sequence[Person],
    today: date,
    facts: ProbationFacts | None = None,
    law: Law | None = None,
) -> list[Finding]:
    """Return the lines on probation that matter today.

    Parameters
    ----------
    people : sequence of Person
        The roster; people who left or whose outcome was told are passed over.
    today : date
        The day the brief is for.
    facts : ProbationFacts, optional
        What is known beyond the people file.
    law : Law, optional
        The rows to use; the packaged ones by default.

    Returns
    -------
    list of Finding
        "probation-midpoint", "probation-last-safe-day" and "probation-ask-hr", in the
        order of the roster.
    """
    facts = facts or ProbationFacts()
    found: list[Finding] = []
    for person in people:
        if person.has_left(on=today) or person.key in facts.decided:
            continue
        answer = dates_of(person, facts=facts, law=law)
        if isinstance(answer, ProbationDates):
            evaluated = person.key in facts.evaluated
            found += _on_dates(person, answer, today=today, evaluated=evaluated)
        elif answer is not None:
            found += _on_question(person, answer, today=today)
    return found


def _on_dates(
    person: Person, dates: ProbationDates, *, today: date, evaluated: bool
) -> Iterator[Finding]:
    if not dates.start_on <= today <= dates.ends_on:
        return
    if not evaluated and today >= dates.evaluate_on - timedelta(days=EVALUATION_AHEAD_DAYS):
        yield _finding(
            "probation-midpoint",
            person,
            sentence=f"The evaluation in {person.name}'s probation "
            f"{_is(dates.evaluate_on, today)}; it ends on {dates.ends_on}.",
            question=f"What went well for {person.name} so far, what would help next, and "
            "when do the two of you talk about it?",
            receipts=_receipts(person, dates, today=today),
            magnitude=_weeks_late(dates.evaluate_on, today),
            worth=0.8,
            due_on=due_next(dates, today=today),
        )
    if today >= dates.last_safe_on - timedelta(days=SAFE_DAY_AHEAD_DAYS):
        yield _finding(
            "probation-last-safe-day",
            person,
            sentence=f"The last safe day to decide on {person.name}'s probation "
            f"{_is(dates.last_safe_on, today)}; it ends on {dates.ends_on}.",
            question=f"Has {person.name} heard from you how it is going, good news "
            "included, and has HR confirmed the date?",
            receipts=_receipts(person, dates, today=today),
            magnitude=_weeks_late(dates.last_safe_on, today),
            worth=0.95,
            due_on=dates.last_safe_on if today <= dates.last_safe_on else dates.ends_on,
        )


def due_next(dates: ProbationDates, *, today: date) -> date:
    """Return the next day that counts; one that has passed outranks none that is to come."""
    days = (dates.evaluate_on, dates.last_safe_on, dates.ends_on)
    return next((day for day in days if day >= today), dates.ends_on)


def _on_question(person: Person, ask: AskHR, *, today: date) -> Iterator[Finding]:
    start_on = person.start_on
    assert start_on is not None  # noqa: S101  # without a start there is no answer
    ends = [ask.ends_on or start_on + timedelta(days=ASK_WITHIN_DAYS)]
    ends += [dates.ends_on for dates in ask.candidates]
    if today > max(ends):
        return
    safe = f" Until then {ask.safe_on} is the safe day." if ask.candidates else ""
    yield _finding(
        "probation-ask-hr",
        person,
        sentence=f"{person.name}'s probation dates are open: {ask.reason}{safe}",
        question=f"Could you ask HR: {ask.questions[0]}",
        receipts=_receipts(person, ask, today=today),
        magnitude=1,
        worth=0.5,
        due_on=ask.safe_on if ask.candidates else None,
    )


def _weeks_late(day: date, today: date) -> int:
    """Return the weeks begun since a day: a line that grew by the day would come daily."""
    return max(-((day - today).days // 7), 0)


def _is(day: date, today: date) -> str:
    if day == today:
        return f"is today, {day}"
    if day < today:
        return f"was on {day}"
    days = (day - today).days
    return f"is on {day}, in {days} day{'s' * (days > 1)}"


def _receipts(
    person: Person, answer: ProbationDates | AskHR, *, today: date
) -> tuple[Receipt, ...]:
    row = answer.rule_id if isinstance(answer, ProbationDates) else answer.country
    command = f"leadline people {person.key}"
    law = Receipt(
        source="law",
        place=f"{answer.statute or 'no row'}; law.toml, row {row or '(no country)'}",
        as_of=answer.checked_on or today,
        command=command,
    )
    start = Receipt(
        source="people file",
        place=f"start_on of {person.key}",
        as_of=today,
        command=command,
    )
    return law, start


def _finding(
    rule: str,
    person: Person,
    *,
    sentence: str,
    question: str,
    receipts: tuple[Receipt, ...],
    magnitude: float,
    worth: float,
    due_on: date | None,
) -> Finding:
    return Finding(
        rule=rule,
        subject=f"person:{person.key}",
        sentence=sentence,
        receipts=receipts,
        magnitude=magnitude,
        worth=worth,
        readers=(LEAD, person.key),
        question=question,
        due_on=due_on,
        citation=PRACTICE,
    )
