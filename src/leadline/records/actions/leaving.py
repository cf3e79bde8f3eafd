"""Leaving: the last day, the handover list, who takes what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from leadline.errors import InputError
from leadline.practice.leaving import Item, Notice, last_day
from leadline.records.actions.metering import note_typing
from leadline.records.actions.texts import needed
from leadline.records.models import HandoverItem, Leaving


@transaction.atomic
def begin_leaving(
    about: str,
    *,
    by: str,
    told_on: date,
    notice: Notice | None,
    last_on: date | None,
    items: Sequence[Item],
    at: datetime,
) -> Leaving:
    """Keep that somebody leaves, their last day, and what is to be handed over.

    Parameters
    ----------
    notice : Notice or None
        The contract's rule, from which the last day follows.
    last_on : date or None
        The day itself, where both agreed on one.

    Raises
    ------
    InputError
        Neither a rule nor a day was given, the day lies before the notice, or it is known
        already that they leave.
    """
    if Leaving.objects.filter(about=about).exists():
        raise InputError(f"it is known already that {about} leaves")
    rule = "Agreed by both."
    if last_on is None:
        if notice is None:
            raise InputError("give the notice of the contract, or the last day itself")
        found = last_day(told_on=told_on, notice=notice)
        last_on, rule = found.on, " ".join(step.text for step in found.steps)
    if last_on < told_on:
        raise InputError(f"the last day {last_on} lies before the day it was told, {told_on}")
    leaving = Leaving.objects.create(
        about=about, author=by, told_on=told_on, last_on=last_on, rule=rule, at=at
    )
    HandoverItem.objects.bulk_create(
        HandoverItem(
            leaving=leaving, kind=item.kind, what=item.what, why=item.why,
            successor=item.successor, author=by, at=at,
        )
        for item in items
    )  # fmt: skip
    return leaving


@transaction.atomic
def add_item(
    leaving: Leaving, *, by: str, kind: str, what: str, successor: str, at: datetime
) -> HandoverItem:
    """Add something to the handover list, such as a duty that no source knows.

    Raises
    ------
    InputError
        The kind is none of those there are, or there is no name.
    """
    if kind not in HandoverItem.Kind.values:
        raise InputError(f"{kind!r} is none of {', '.join(HandoverItem.Kind.values)}")
    what = needed("what is handed over", what)
    _not_the_leaver(leaving, successor)
    note_typing("leaving", what, on=at.date())
    return HandoverItem.objects.create(
        leaving=leaving, kind=kind, what=what[:400], why=f"said by {by}", author=by,
        successor=successor, at=at,
    )  # fmt: skip


def name_successor(item: HandoverItem, *, successor: str) -> HandoverItem:
    """Say who takes it over; empty for nobody yet."""
    _not_the_leaver(item.leaving, successor)
    item.successor = successor
    item.save(update_fields=["successor"])
    return item


def hand_over(item: HandoverItem, *, by: str, at: datetime) -> HandoverItem:
    """Say that it is handed over.

    Raises
    ------
    InputError
        Nobody is named who has it now.
    """
    if not item.successor:
        raise InputError(f"{item.what} has no successor yet; name one first")
    HandoverItem.objects.filter(pk=item.pk, done_at=None).update(done_by=by, done_at=at)
    item.refresh_from_db()
    return item


def take_back(item: HandoverItem) -> HandoverItem:
    """Take back that it is handed over."""
    HandoverItem.objects.filter(pk=item.pk).update(done_by="", done_at=None)
    item.refresh_from_db()
    return item


def _not_the_leaver(leaving: Leaving, successor: str) -> None:
    if successor == leaving.about:
        raise InputError("whoever leaves cannot take it over")
