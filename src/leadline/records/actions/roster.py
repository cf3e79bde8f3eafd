"""Keeping the people file's rows, and every change of them with its date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from leadline.practice import people
from leadline.records.erasure import erased_addresses
from leadline.records.models import Person, RosterChange

TRACKED = (
    "name",
    "start_on",
    "ends_on",
    "country",
    "role",
    "level",
    "lead",
    "probation_ends_on",
)
"""Fields whose changes are kept; addresses are not, the newest are enough."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RosterRow:
    """One good row of the people file, and where it stands."""

    person: people.Person
    place: str


@transaction.atomic
def store_roster(rows: Sequence[RosterRow], *, at: datetime) -> None:
    """Make the roster equal to the people file and keep what changed.

    A person is recognised by any of their addresses. Who is no longer in the file is
    withdrawn, not deleted: their history still answers who was here when.

    Parameters
    ----------
    rows : sequence of RosterRow
        The good rows, in any order.
    at : datetime
        When the file was read.
    """
    erased = erased_addresses()
    known = {address: person for person in Person.objects.all() for address in person.emails}
    kept = set()
    for row in rows:
        if erased.intersection(row.person.emails):
            continue
        person = next((known[a] for a in row.person.emails if a in known), None)
        person = _store(person, row, at=at)
        kept.add(person.pk)
    for gone in Person.objects.filter(withdrawn_at=None).exclude(pk__in=kept):
        gone.withdrawn_at = at
        gone.save()
        RosterChange.objects.create(
            person=gone, field="people file", before="listed", after="gone", noticed_at=at,
            place=gone.place,
        )  # fmt: skip


def _store(person: Person | None, row: RosterRow, *, at: datetime) -> Person:
    """Create or update one person; an update leaves a row for each field it changed."""
    facts = row.person
    if person is None:
        person = Person(key=facts.key)
    elif changes := _changes(person, row, at=at):
        RosterChange.objects.bulk_create(changes)
    for field in TRACKED:
        setattr(person, field, getattr(facts, field))
    person.key = facts.key
    person.emails = list(facts.emails)
    person.place = row.place
    person.read_at = at
    person.withdrawn_at = None
    person.save()
    return person


def _changes(person: Person, row: RosterRow, *, at: datetime) -> list[RosterChange]:
    pairs = [(field, getattr(person, field), getattr(row.person, field)) for field in TRACKED]
    if person.withdrawn_at is not None:
        pairs.append(("people file", "gone", "listed"))
    return [
        RosterChange(
            person=person,
            field=field,
            before=str(before or ""),
            after=str(after or ""),
            noticed_at=at,
            place=row.place,
        )
        for field, before, after in pairs
        if before != after
    ]
