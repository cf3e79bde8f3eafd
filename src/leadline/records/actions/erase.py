"""Purging everything held about a person, and saying what only a source can purge."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Container
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from leadline.practice.meetings import Meeting
from leadline.records.erasure import address_hash
from leadline.records.models import (
    BriefLine,
    Erasure,
    IdentityDecision,
    Person,
    Response,
    Snapshot,
    Source,
)
from leadline.records.queries.mine import everything_about, lines_about
from leadline.records.queries.team import CalendarFacts
from leadline.records.snapshots import keep_facts, load_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def purge(workspace: Workspace, address: str, *, at: datetime) -> tuple[str, ...]:
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
    tuple of str
        What stays where Leadline cannot delete it: places in the sources.

    Raises
    ------
    InputError
        Nothing is held under that address.
    """
    mine = everything_about(address)
    with transaction.atomic():
        for name in mine.addresses:
            Erasure.objects.update_or_create(
                address_hash=address_hash(name), defaults={"at": at}
            )
        Person.objects.filter(key=mine.key).delete()
        BriefLine.objects.filter(lines_about(mine.addresses, mine.name)).delete()
        Response.objects.filter(lines_about(mine.addresses)).delete()
        for name, facts in load_facts(Source.Kind.CALENDAR, CalendarFacts).items():
            source = Source.objects.get(kind=Source.Kind.CALENDAR, name=name)
            meetings = without_people(facts.meetings, mine.addresses)
            keep_facts(source, replace(facts, meetings=meetings))
        Snapshot.objects.filter(source__kind=Source.Kind.GIT).delete()
        IdentityDecision.objects.filter(
            Q(first__in=mine.addresses) | Q(second__in=mine.addresses)
        ).delete()
    shutil.rmtree(workspace.cache, ignore_errors=True)
    workspace.cache.mkdir(exist_ok=True)
    sourced = {piece.place for piece in mine.held if not piece.place.startswith("leadline ")}
    return tuple(sorted(sourced))


def without_people(meetings: Collection[Meeting], gone: Container[str]) -> tuple[Meeting, ...]:
    """Return the meetings as if some people had not been there.

    A one-on-one or an absence of theirs is left out; of other meetings their address is.
    """
    return tuple(
        replace(
            meeting,
            attendees=tuple(name for name in meeting.attendees if name not in gone),
            organizer="" if meeting.organizer in gone else meeting.organizer,
        )
        for meeting in meetings
        if meeting.report not in gone and meeting.absent not in gone
    )
