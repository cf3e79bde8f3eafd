"""The secret address of one's own dates: made, shown once, replaced, taken back."""

from __future__ import annotations

import secrets
from datetime import datetime

from leadline.records.actions.links import hash_of
from leadline.records.models import CalendarFeed


def make_feed(address: str, *, at: datetime) -> str:
    """Return the secret of a new address; the one before leads nowhere from now on."""
    secret = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        address=address, defaults={"secret_hash": hash_of(secret), "made_at": at}
    )
    return secret


def take_feed_back(address: str) -> None:
    """End somebody's address; there need not be one."""
    CalendarFeed.objects.filter(address=address).delete()


def feed_behind(secret: str) -> CalendarFeed | None:
    """Return whose dates a secret leads to; None when it was replaced or never given."""
    return CalendarFeed.objects.filter(secret_hash=hash_of(secret)).first()
