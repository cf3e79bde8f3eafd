"""Probation records: the dates of law and contract, and what was written down about them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from leadline.practice.people import Person
from leadline.practice.probation import AskHR, ProbationDates, dates_of
from leadline.practice.probation.findings import ProbationFacts
from leadline.practice.probation.record import Record, evaluated_on
from leadline.records.models import ProbationCheckIn, ProbationExtension, ProbationOutcome
from leadline.records.queries.dates import law_of, probation_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class ProbationPage:
    """One person's probation as both read it."""

    person: Person
    dates: ProbationDates | AskHR | None
    check_ins: tuple[ProbationCheckIn, ...]
    extensions: tuple[ProbationExtension, ...]
    outcome: ProbationOutcome | None


def probation_pages(
    workspace: Workspace, people: Iterable[Person]
) -> tuple[ProbationPage, ...]:
    """Return the probation of each person, extensions included."""
    everybody = extended(people)
    facts = probation_facts(workspace, everybody)
    law = law_of(workspace)
    keys = [person.key for person in everybody]
    check_ins: dict[str, list[ProbationCheckIn]] = defaultdict(list)
    for row in ProbationCheckIn.objects.filter(about__in=keys):
        check_ins[row.about].append(row)
    extensions: dict[str, list[ProbationExtension]] = defaultdict(list)
    for longer in ProbationExtension.objects.filter(about__in=keys):
        extensions[longer.about].append(longer)
    outcomes = {row.about: row for row in ProbationOutcome.objects.filter(about__in=keys)}
    return tuple(
        ProbationPage(
            person=person,
            dates=dates_of(person, facts=facts, law=law),
            check_ins=tuple(check_ins[person.key]),
            extensions=tuple(extensions[person.key]),
            outcome=outcomes.get(person.key),
        )
        for person in everybody
    )


def extended(people: Iterable[Person]) -> tuple[Person, ...]:
    """Return people whose probation ends when the newest extension says so."""
    until = {row.about: row.until for row in ProbationExtension.objects.order_by("at", "pk")}
    return tuple(
        replace(person, probation_ends_on=until[person.key]) if person.key in until else person
        for person in people
    )


def with_records(facts: ProbationFacts, pages: Iterable[ProbationPage]) -> ProbationFacts:
    """Return what the rules on dates need to know of what was written down."""
    evaluated, decided = {}, {}
    for page in pages:
        if page.outcome:
            decided[page.person.key] = page.outcome.told_on
        if isinstance(page.dates, ProbationDates):
            days = [row.on for row in page.check_ins]
            if on := evaluated_on(days, dates=page.dates):
                evaluated[page.person.key] = on
    return replace(facts, evaluated=evaluated, decided=decided)


def records_of(pages: Iterable[ProbationPage]) -> tuple[Record, ...]:
    """Return the records that the rule on surprises asks about."""
    return tuple(
        Record(
            person=page.person,
            dates=page.dates,
            check_ins=tuple(row.on for row in page.check_ins),
            is_over=page.outcome is not None,
        )
        for page in pages
        if isinstance(page.dates, ProbationDates)
    )


def is_running(page: ProbationPage, *, today: date) -> bool:
    """Whether somebody is in their probation, as far as the dates are known."""
    if page.outcome or page.dates is None or page.person.start_on is None:
        return False
    if isinstance(page.dates, AskHR):
        return any(
            page.person.start_on <= today <= one.ends_on for one in page.dates.candidates
        )
    return page.dates.start_on <= today <= page.dates.ends_on
