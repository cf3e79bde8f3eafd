"""Keeping how each reading of a source went, also when it failed or was killed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.timezone import now

from leadline.errors import LeadlineError
from leadline.records.models import Reading, Source

KEPT_READINGS = 20
"""Readings kept for each source; older ones are deleted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a reading says of itself: what was read, and what could not be known."""

    summary: str
    notes: tuple[str, ...] = ()


def read_source(source: Source, read: Callable[[Source], Report]) -> Reading:
    """Read one source and keep how it went; a failure is a row, never a lost word.

    `read` does everything, storing included. What it stores and the word "read" are
    committed together, so a process that is killed leaves the facts as they were.

    Parameters
    ----------
    source : Source
        What is read.
    read : callable
        Reads and stores; raises `LeadlineError` when it cannot.

    Returns
    -------
    Reading
        How it went; its outcome is READ or FAILED.
    """
    reading = Reading.objects.create(source=source, started_at=now())
    try:
        with transaction.atomic():
            report = read(source)
            _end(reading, Reading.Outcome.READ, report.summary, report.notes)
    except LeadlineError as error:
        _end(reading, Reading.Outcome.FAILED, str(error), ())
    _forget_old(source)
    return reading


def _end(
    reading: Reading, outcome: Reading.Outcome, summary: str, notes: Iterable[str]
) -> None:
    reading.outcome = outcome
    reading.ended_at = now()
    reading.summary = summary
    reading.notes = list(notes)
    reading.save()


def _forget_old(source: Source) -> None:
    kept = source.readings.values_list("pk", flat=True)[:KEPT_READINGS]
    source.readings.exclude(pk__in=list(kept)).delete()
