"""Keeping who is who on commits, as somebody confirmed it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from leadline.errors import InputError
from leadline.records.actions.metering import note_typing
from leadline.records.models import IdentityDecision


@transaction.atomic
def decide_identity(first: str, second: str, *, same: bool, at: datetime) -> IdentityDecision:
    """Keep whether two addresses on commits are one person; the newest word counts.

    Raises
    ------
    InputError
        Both are the same address, or one is none.
    """
    pair = sorted({first.strip().lower(), second.strip().lower()})
    if len(pair) != 2 or not all("@" in address for address in pair):
        raise InputError(
            f"two different e-mail addresses are needed, got {first!r} and {second!r}",
            hint="`leadline knowledge REPO` suggests pairs.",
        )
    note_typing("people", *pair, on=at.date())
    decision, _ = IdentityDecision.objects.update_or_create(
        first=pair[0], second=pair[1], defaults={"same": same, "at": at}
    )
    return decision
