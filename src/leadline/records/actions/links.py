"""Giving out and using links: to sign in once, and to show one page to a guest."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from leadline.errors import InputError
from leadline.records.models import GuestLink, SignInLink

SIGN_IN_FOR = timedelta(minutes=30)
"""How long the link that `leadline up` prints can be used."""

INVITED_FOR = timedelta(days=3)
"""How long an invitation can be used."""

SHARED_FOR = timedelta(days=14)
"""How long a guest can see a page, unless somebody says otherwise."""

_SALT = "leadline guest link"


@transaction.atomic
def issue_sign_in_link(
    email: str, *, issued_by: str, at: datetime, valid_for: timedelta
) -> str:
    """Return the secret of a new link; earlier unused ones of this address end.

    Parameters
    ----------
    email : str
        Who it signs in.
    issued_by : str
        Whose doing it is.
    at : datetime
        Now.
    valid_for : timedelta
        How long it can be used.
    """
    address = email.strip().lower()
    SignInLink.objects.filter(email=address, used_at=None, expires_at__gt=at).update(
        expires_at=at
    )
    secret = secrets.token_urlsafe(32)
    SignInLink.objects.create(
        email=address,
        secret_hash=hash_of(secret),
        issued_by=issued_by,
        issued_at=at,
        expires_at=at + valid_for,
    )
    return secret


def sign_in_address(secret: str, *, at: datetime) -> str:
    """Return whom a link would sign in; empty when it was used, expired or never given."""
    link = SignInLink.objects.filter(
        secret_hash=hash_of(secret), used_at=None, expires_at__gt=at
    ).first()
    return link.email if link else ""


def use_sign_in_link(secret: str, *, at: datetime) -> str:
    """Use a link up and return whom it signs in; of two who try at once, one does.

    Raises
    ------
    InputError
        It was used, it expired, or it was never given out.
    """
    address = sign_in_address(secret, at=at)
    unused = SignInLink.objects.filter(
        secret_hash=hash_of(secret), used_at=None, expires_at__gt=at
    )
    if not address or not unused.update(used_at=at):
        raise InputError(
            "this sign-in link was used or has expired",
            hint="Ask for a new one, or start `leadline up` again.",
        )
    return address


def share_page(
    page: str, *, label: str, issued_by: str, at: datetime, valid_for: timedelta = SHARED_FOR
) -> str:
    """Return the signed token of a link under which a guest sees one page."""
    link = GuestLink.objects.create(
        page=page,
        label=label,
        issued_by=issued_by,
        issued_at=at,
        expires_at=at + valid_for,
    )
    return signing.Signer(salt=_SALT).sign(str(link.pk))


def shared_page(token: str, *, at: datetime) -> GuestLink | None:
    """Return the link that a token stands for; None when forged, expired or taken back."""
    try:
        key = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
    return GuestLink.objects.filter(pk=int(key), revoked_at=None, expires_at__gt=at).first()


def hash_of(secret: str) -> str:
    """Return what is kept of a secret: enough to recognise it, not to use it."""
    return hashlib.sha256(secret.encode()).hexdigest()
