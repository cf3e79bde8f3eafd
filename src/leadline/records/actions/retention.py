"""Deleting what has been kept for long enough; `leadline sync` runs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, QuerySet

from leadline.practice.probation.record import Outcome
from leadline.records.actions.probation import forget_record
from leadline.records.actions.pulse import release_rounds
from leadline.records.journal import empty_the_journal
from leadline.records.models import (
    Brief,
    Candidate,
    Feedback,
    GuestLink,
    ProbationOutcome,
)
from leadline.records.personal import KINDS, Kind

DRAFT_DAYS = 180
"""A draft that nobody touched for so long was not worth sharing."""


BRIEF_DAYS = 730
"""Whoever looks further back finds the sources, and no old sentence about anybody."""

LINK_DAYS = 90
"""A link that was taken back so long ago answers no question any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleted:
    """What kind of record was deleted, and how many of them."""

    what: str
    count: int


@transaction.atomic
def delete_expired(*, today: date) -> tuple[Deleted, ...]:
    """Delete every record whose time is over.

    Parameters
    ----------
    today : date
        The day it is run; a record is deleted on its first day past its time.

    Returns
    -------
    tuple of Deleted
        One a kind of which something was deleted.
    """
    release_rounds(today=today)
    counts = {kind.what: _expired(kind, today=today) for kind in KINDS}
    drafts = Feedback.objects.filter(
        shared_at=None, at__date__lt=today - timedelta(days=DRAFT_DAYS)
    )
    counts["feedback"] += _delete(drafts)
    counts["candidate"] += _delete(Candidate.objects.filter(delete_on__lt=today))
    counts["brief"] = _delete(Brief.objects.filter(on__lt=today - timedelta(days=BRIEF_DAYS)))
    ended = today - timedelta(days=LINK_DAYS)
    counts["guest link"] += _delete(GuestLink.objects.filter(revoked_at__date__lt=ended))
    over = ProbationOutcome.objects.filter(outcome=Outcome.ENDED, purge_on__lt=today)
    for told in over.exclude(reasons=""):
        forget_record(told.about)
        counts["probation check-in"] += 1
    deleted = tuple(Deleted(what=what, count=count) for what, count in counts.items() if count)
    if deleted:
        empty_the_journal()
    return deleted


def _expired(kind: Kind, *, today: date) -> int:
    if kind.keep_days is None:
        return 0
    column = kind.model._meta.get_field(kind.day)  # noqa: SLF001
    lookup = f"{kind.day}__date__lt" if isinstance(column, DateTimeField) else f"{kind.day}__lt"
    last = today - timedelta(days=kind.keep_days)
    return _delete(kind.rows().filter(kind.ends, **{lookup: last}))


def _delete(rows: QuerySet[Any]) -> int:
    """Delete rows and say how many they were, without those that hang on them."""
    count = rows.count()
    rows.delete()
    return count
