"""Keeping who opened a sensitive record of somebody else."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from leadline.records.models import SensitiveRead


def note_read(*, reader: str, about: str, what: str, at: datetime) -> None:
    """Add a row, unless somebody reads what is their own; once a day and record is enough."""
    if not reader or not about or reader == about:
        return
    SensitiveRead.objects.get_or_create(
        reader=reader, about=about, what=what, at__date=localdate(at), defaults={"at": at}
    )
