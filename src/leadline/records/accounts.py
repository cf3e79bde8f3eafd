"""What the pages keep of whoever signs in, seen by the command line and the pages alike.

Django's and allauth's own tables hold it, and the command line runs without those apps: these
classes are views of the same tables, in a registry of their own, so that `mine`, a purge and
the retention reach them from anywhere. They make no tables; where none are, there are no rows.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Collection
from typing import Any

from django.apps.registry import Apps
from django.db import connection, models
from django.db.models import Model, Q

_APART = Apps()
"""No migration, check or backup sees these classes twice."""


class Account(Model):
    """Who can sign in, by which address."""

    username = models.CharField(max_length=150)
    email = models.EmailField()
    password = models.CharField(max_length=128)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    is_active = models.BooleanField()
    is_staff = models.BooleanField()
    is_superuser = models.BooleanField()
    date_joined = models.DateTimeField()
    last_login = models.DateTimeField(null=True)

    class Meta:
        apps, app_label, managed, db_table = _APART, "accounts", False, "auth_user"

    def __str__(self) -> str:
        last = f"{self.last_login:%Y-%m-%d}" if self.last_login else "never"
        # Django marks an account without a password by this letter.
        secret = "without" if self.password.startswith("!") else "with"
        return f"{self.email}, {secret} a password, last signed in: {last}"


class Authenticator(Model):
    """A passkey, an app that shows codes, or codes for when both are lost."""

    user = models.ForeignKey(Account, on_delete=models.CASCADE)
    type = models.CharField(max_length=20)
    data = models.JSONField()
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        apps, app_label, managed, db_table = _APART, "accounts", False, "mfa_authenticator"

    def __str__(self) -> str:
        last = f"{self.last_used_at:%Y-%m-%d}" if self.last_used_at else "never"
        name = self.data.get("name", "") if isinstance(self.data, dict) else ""
        return f"{self.type} {name}".strip() + f", last used: {last}"


class SingleSignOn(Model):
    """What the company's sign-in said of somebody."""

    user = models.ForeignKey(Account, on_delete=models.CASCADE)
    provider = models.CharField(max_length=200)
    uid = models.CharField(max_length=191)
    extra_data = models.JSONField()
    date_joined = models.DateTimeField()
    last_login = models.DateTimeField()

    class Meta:
        apps, app_label, managed = _APART, "accounts", False
        db_table = "socialaccount_socialaccount"

    def __str__(self) -> str:
        told = json.dumps(self.extra_data, ensure_ascii=False, sort_keys=True)
        return f"{self.provider} knows them as {self.uid}; it said {told}"


class SingleSignOnToken(Model):
    """A secret that a company's sign-in may hand over; Leadline asks for none."""

    account = models.ForeignKey(SingleSignOn, on_delete=models.CASCADE)
    app_id = models.BigIntegerField(null=True)
    token = models.TextField()
    token_secret = models.TextField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        apps, app_label, managed = _APART, "accounts", False
        db_table = "socialaccount_socialtoken"

    def __str__(self) -> str:
        return "a secret of the company's sign-in"


class SignInAddress(Model):
    """An address that the company's sign-in has verified."""

    user = models.ForeignKey(Account, on_delete=models.CASCADE)
    email = models.EmailField()
    verified = models.BooleanField()
    primary = models.BooleanField()

    class Meta:
        apps, app_label, managed, db_table = _APART, "accounts", False, "account_emailaddress"

    def __str__(self) -> str:
        return f"{self.email}, {'verified' if self.verified else 'not verified'}"


class AddressConfirmation(Model):
    """A letter that asks whether an address is theirs; Leadline sends none."""

    email_address = models.ForeignKey(SignInAddress, on_delete=models.CASCADE)
    created = models.DateTimeField()
    sent = models.DateTimeField(null=True)
    key = models.CharField(max_length=64)

    class Meta:
        apps, app_label, managed = _APART, "accounts", False
        db_table = "account_emailconfirmation"

    def __str__(self) -> str:
        return f"asked on {self.created:%Y-%m-%d}"


class Session(Model):
    """A browser in which somebody is signed in."""

    session_key = models.CharField(max_length=40, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField()

    class Meta:
        apps, app_label, managed, db_table = _APART, "accounts", False, "django_session"

    def __str__(self) -> str:
        return f"a browser that is signed in until {self.expire_date:%Y-%m-%d}"


ACCOUNT_MODELS: tuple[type[Model], ...] = (
    Account, Authenticator, SingleSignOn, SingleSignOnToken, SignInAddress,
    AddressConfirmation, Session,
)  # fmt: skip
"""All of them."""


def is_kept_here(model: type[Model]) -> bool:
    """Whether a model's table is there: the pages make theirs at the first `up`.

    Once made they stay, so a database that has them is not asked again.
    """
    if model not in ACCOUNT_MODELS:
        return True
    table = model._meta.db_table  # noqa: SLF001 - Django's documented name for it
    place = (str(connection.settings_dict["NAME"]), table)
    if place not in _found and table in connection.introspection.table_names():
        _found.add(place)
    return place in _found


_found: set[tuple[str, str]] = set()
"""Tables that were seen, each with the name of its database."""


def sessions_of(addresses: Collection[str]) -> Q:
    """Return which sessions are those of whoever uses the addresses.

    A session names its account only inside its text, so each is looked into.
    """
    if not is_kept_here(Session):
        return Q(pk__in=[])
    accounts = Account._default_manager.filter(email__in=sorted(addresses))  # noqa: SLF001
    theirs = {str(pk) for pk in accounts.values_list("pk", flat=True)}
    sessions = Session._default_manager.values_list("pk", "session_data")  # noqa: SLF001
    return Q(pk__in=[pk for pk, data in sessions if theirs and _account_in(data) in theirs])


def _account_in(data: str) -> str:
    """Return the key of the account that a session's text names; empty for none.

    The signature is not looked at: what is deleted by mistake is a session, signed in anew.
    """
    text = data.rsplit(":", 2)[0]
    try:
        raw = base64.urlsafe_b64decode(text.lstrip(".") + "===")
        values: Any = json.loads(zlib.decompress(raw) if text.startswith(".") else raw)
        return str(values.get("_auth_user_id", ""))
    except (ValueError, zlib.error, AttributeError):
        return ""
