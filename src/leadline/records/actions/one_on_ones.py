"""One-on-ones: points, what is agreed, notes to oneself, and putting the calendar right."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from leadline.errors import InputError
from leadline.practice.talks import Held
from leadline.records.actions.metering import note_typing
from leadline.records.actions.texts import needed
from leadline.records.models import (
    AgendaPoint,
    AgreedAction,
    PrivateNote,
    Reminder,
    TalkCorrection,
)


@transaction.atomic
def add_point(about: str, *, by: str, text: str, at: datetime) -> AgendaPoint:
    """Put a point on the agenda of the next one-on-one with somebody."""
    text = needed("the point", text)
    note_typing("one-on-ones", text, on=at.date())
    return AgendaPoint.objects.create(about=about, author=by, text=text, at=at)


@transaction.atomic
def close_point(point: AgendaPoint, *, by: str, at: datetime) -> AgendaPoint:
    """Close a point; one that is closed already keeps who did it."""
    AgendaPoint.objects.filter(pk=point.pk, closed_at=None).update(closed_by=by, closed_at=at)
    point.refresh_from_db()
    return point


def reopen_point(point: AgendaPoint) -> None:
    """Put a point that was closed by mistake back on the agenda."""
    AgendaPoint.objects.filter(pk=point.pk).update(closed_by="", closed_at=None)


@transaction.atomic
def agree(
    about: str, *, by: str, owner: str, text: str, due_on: date | None, at: datetime, lead: str
) -> AgreedAction:
    """Keep what was agreed; it is the report's or the lead's.

    Raises
    ------
    InputError
        There is no text, or somebody else would own it.
    """
    if owner not in {about, lead}:
        raise InputError(
            f"an action of a one-on-one is one of the two people's, got {owner!r}",
            hint=f"{about} or {lead}.",
        )
    text = needed("the action", text)
    note_typing("one-on-ones", text, on=at.date())
    return AgreedAction.objects.create(
        about=about, author=by, owner=owner, text=text, due_on=due_on, at=at
    )


@transaction.atomic
def finish_action(action: AgreedAction, *, by: str, at: datetime) -> AgreedAction:
    """Say that it is done; one that is done already keeps who said so."""
    AgreedAction.objects.filter(pk=action.pk, done_at=None).update(done_by=by, done_at=at)
    action.refresh_from_db()
    return action


def reopen_action(action: AgreedAction) -> None:
    """Take back that it is done."""
    AgreedAction.objects.filter(pk=action.pk).update(done_by="", done_at=None)


@transaction.atomic
def write_note(about: str, *, by: str, text: str, at: datetime) -> PrivateNote:
    """Write a note to oneself about somebody; it is sealed, and nobody else reads it.

    Raises
    ------
    InputError
        There is no text, or it is about oneself: that is what reminders are for.
    """
    if about == by:
        raise InputError("a private note is about somebody else; a reminder is for yourself")
    text = needed("the note", text)
    note_typing("private notes", text, on=at.date())
    return PrivateNote.objects.create(about=about, author=by, text=text, at=at)


def correct_talk(
    about: str, *, by: str, uid: str, planned_at: datetime, held: Held, at: datetime
) -> TalkCorrection:
    """Say what became of a planned one-on-one; it wins over the calendar from now on."""
    return TalkCorrection.objects.create(
        about=about, author=by, uid=uid, planned_at=planned_at, held=held, at=at
    )


@transaction.atomic
def remind_me(*, by: str, text: str, on: date, at: datetime) -> Reminder:
    """Keep a dated note to oneself."""
    text = needed("the reminder", text)
    note_typing("reminders", text, on=at.date())
    return Reminder.objects.create(author=by, text=text, on=on, at=at)


def finish_reminder(reminder: Reminder, *, at: datetime) -> Reminder:
    """Say that a reminder is done."""
    Reminder.objects.filter(pk=reminder.pk, done_at=None).update(done_at=at)
    reminder.refresh_from_db()
    return reminder


def reopen_reminder(reminder: Reminder) -> None:
    """Take back that a reminder is done."""
    Reminder.objects.filter(pk=reminder.pk).update(done_at=None)
