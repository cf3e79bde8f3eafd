"""Purging everything held about a person, and saying what only a source can purge."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Container
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from leadline.practice.keeping import Stays, backups_stay, hash_stays, source_stays
from leadline.practice.meetings import Meeting
from leadline.records.actions.forget import forget_records
from leadline.records.erasure import address_hash
from leadline.records.journal import empty_the_journal
from leadline.records.models import (
    Erasure,
    IdentityDecision,
    Person,
    ProjectConfirmation,
    Reading,
    RosterChange,
    Snapshot,
    Source,
)
from leadline.records.queries.mentions import mentions
from leadline.records.queries.mine import (
    answers_about,
    everything_about,
    find_person,
    lines_naming,
)
from leadline.records.queries.team import CalendarFacts
from leadline.records.snapshots import keep_facts, load_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def purge(workspace: Workspace, address: str, *, at: datetime) -> tuple[Stays, ...]:
    """Delete everything held about a person and leave them out from now on.

    Parameters
    ----------
    workspace : Workspace
        Its copies of what repositories said are deleted; the next reading makes them anew.
    address : str
        Any address of the person.
    at : datetime
        When it was asked.

    Returns
    -------
    tuple of Stays
        The report: what may be needed for claims, hashes of addresses, places in sources
        where Leadline cannot delete it, and backups; each with its ground and until when.

    Raises
    ------
    InputError
        Nothing is held under that address.
    """
    mine = everything_about(address)
    person = find_person(address)
    country = person.facts().country if person else ""
    with transaction.atomic():
        for name in mine.addresses:
            Erasure.objects.update_or_create(
                address_hash=address_hash(name), defaults={"at": at}
            )
        kept = forget_records(mine.addresses, mine.name, country=country, today=at.date())
        Person.objects.filter(key=mine.key).delete()
        for row in (
            *lines_naming(mine.addresses, mine.name),
            *answers_about(mine.addresses, mine.name),
        ):
            row.delete()
        _forget_words(mine.addresses, mine.name)
        for name, facts in load_facts(Source.Kind.CALENDAR, CalendarFacts).items():
            source = Source.objects.get(kind=Source.Kind.CALENDAR, name=name)
            meetings = without_people(facts.meetings, mine.addresses)
            keep_facts(source, replace(facts, meetings=meetings))
        Snapshot.objects.filter(source__kind=Source.Kind.GIT).delete()
        owned = (Source.Kind.WATCH, Source.Kind.EXPERIMENTS)
        for read in Snapshot.objects.filter(source__kind__in=owned):
            if mentions(read.facts, (*mine.addresses, mine.name)):
                read.delete()  # the next reading looks anew, and asks nobody who is gone
        IdentityDecision.objects.filter(
            Q(first__in=mine.addresses) | Q(second__in=mine.addresses)
        ).delete()
        empty_the_journal()
    shutil.rmtree(workspace.cache, ignore_errors=True)
    workspace.cache.mkdir(exist_ok=True)
    ours = ("leadline ", "written in Leadline")
    sourced = {piece.place for piece in mine.held if not piece.place.startswith(ours)}
    return (
        *kept,
        hash_stays(len(mine.addresses)),
        *source_stays(sourced),
        backups_stay(),
    )


def without_people(meetings: Collection[Meeting], gone: Container[str]) -> tuple[Meeting, ...]:
    """Return the meetings as if some people had not been there.

    A meeting or an absence of theirs alone is left out; of other meetings their address is.
    """
    return tuple(
        replace(
            meeting,
            attendees=tuple(name for name in meeting.attendees if name not in gone),
            organizer="" if meeting.organizer in gone else meeting.organizer,
        )
        for meeting in meetings
        if not _is_theirs(meeting, gone)
    )


def _is_theirs(meeting: Meeting, gone: Container[str]) -> bool:
    """Whether a meeting is about people who are gone; the roster may not know them by now."""
    if meeting.report in gone or meeting.absent in gone:
        return True
    invited = {*meeting.attendees, *([] if meeting.organizer_is_lead else [meeting.organizer])}
    return bool(invited) and all(address in gone for address in invited)


def _forget_words(addresses: Collection[str], name: str) -> None:
    """Delete what was typed or said about a person outside the rows that are theirs."""
    words = (*addresses, name)
    for confirmation in ProjectConfirmation.objects.exclude(note=""):
        if mentions(confirmation.note, words):
            confirmation.note = ""
            confirmation.save()
    Person.objects.filter(lead__in=addresses).update(lead="")
    RosterChange.objects.filter(Q(before__in=addresses) | Q(after__in=addresses)).delete()
    for reading in Reading.objects.all():
        reading.notes = [note for note in reading.notes if not mentions(note, words)]
        reading.summary = "" if mentions(reading.summary, words) else reading.summary
        reading.save()
