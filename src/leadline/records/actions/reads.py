"""Keeping who opened a sensitive record of somebody else."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from leadline.records.models import SensitiveRead


def note_read(*, reader: str, about: str, what: str, at: datetime) -> None:
    """Add a row, unless somebody reads what is their own; once a day and record is enough."""
    if not reader or not about or reader == about:
        return
    # Two tabs at once may add it twice; that is said twice, and fails nobody.
    known = SensitiveRead.objects.filter(
        reader=reader, about=about, what=what, at__date=localdate(at)
    )
    if not known.exists():
        SensitiveRead.objects.create(reader=reader, about=about, what=what, at=at)
