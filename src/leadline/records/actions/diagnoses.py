"""Keeping what a diagnosis found, so that the brief knows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from leadline.findings import Finding
from leadline.records.actions.readings import Report, read_source
from leadline.records.models import Source
from leadline.records.snapshots import KeptFindings, keep_facts


def save_diagnosis(
    model: str,
    findings: Sequence[Finding],
    *,
    place: str,
    summary: str,
    today: date,
    at: datetime,
) -> None:
    """Keep the findings of a model's newest diagnosis in place of older ones.

    Parameters
    ----------
    model : str
        What the model is called; one diagnosis is kept for each.
    findings : sequence of Finding
        Empty for a healthy model: then the brief falls silent about it.
    place : str
        The tables that were read.
    summary : str
        One sentence, shown among what was looked at.
    today : date
        The day it ran for.
    at : datetime
        When it was saved.
    """
    source, _ = Source.objects.update_or_create(
        kind=Source.Kind.DIAGNOSIS, name=model, defaults={"place": place}
    )
    kept = KeptFindings(today=today, findings=tuple(findings))

    def store(source: Source) -> Report:
        keep_facts(source, kept)
        return Report(summary=f"{summary} ({at:%Y-%m-%d})")

    read_source(source, store)
