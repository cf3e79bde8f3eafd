"""What signing in leaves behind is shown to whom it is about, purged, and forgotten in time."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db.models import EmailField, Model
from django.utils import timezone

from leadline.records.accounts import ACCOUNT_MODELS
from leadline.records.actions.links import INVITED_FOR, issue_sign_in_link, share_page
from leadline.records.actions.retention import BRIEF_DAYS, LINK_DAYS, delete_expired
from leadline.records.models import Brief, GuestLink, SignInLink
from leadline.records.personal import KINDS
from tests.web.conftest import LEAD, MEMBER, OTHER, Browsers

EMPTY = {"auth_user_groups", "auth_user_user_permissions"}
"""Django's tables of groups and permissions: Leadline gives none."""


def columns(model: type[Model]) -> set[str]:
    return {field.column for field in model._meta.concrete_fields}


def belongs_to_somebody(model: type[Model], known: set[str]) -> bool:
    return any(
        isinstance(field, EmailField)
        or (field.related_model and field.related_model._meta.db_table in known)
        for field in model._meta.concrete_fields
    )


def test_every_table_of_signing_in_is_one_that_mine_and_a_purge_reach() -> None:
    """The oracle is what Django and allauth themselves say of their tables."""
    theirs = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label != "records"
    }
    ours = {model._meta.db_table: model for model in ACCOUNT_MODELS}
    for table, model in ours.items():
        assert columns(theirs[table]) == columns(model), table
    of_people = {"django_session"}
    for _ in range(3):  # what points to what points to somebody
        of_people |= {
            name for name, one in theirs.items() if belongs_to_somebody(one, of_people)
        }
    assert of_people - EMPTY == set(ours)
    assert set(ACCOUNT_MODELS) <= {kind.model for kind in KINDS}


@pytest.fixture
def known(browser: Browsers) -> Browsers:
    """Two members with everything that signing in can leave."""
    for address in (MEMBER, OTHER):
        browser(address).get("/mine/")
        user = User.objects.get(email=address)
        kinds = (Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES)
        for kind in kinds:
            Authenticator.objects.create(user=user, type=kind, data={"name": "my key"})
        told = {"email": address, "name": f"Name of {address}"}
        SocialAccount.objects.create(
            user=user, provider="company", uid=address, extra_data=told
        )
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
        now = timezone.now()
        issue_sign_in_link(address, issued_by=LEAD, at=now, valid_for=INVITED_FOR)
        share_page("/patterns/", label=f"By {address}", issued_by=address, at=now)
    return browser


def test_mine_shows_the_account_and_no_secret_of_it(known: Browsers) -> None:
    held = json.loads(known(MEMBER).get("/mine/export.json").getvalue())["held"]
    texts = {what: "\n".join(one["text"] for one in held if one["what"] == what)
             for what in {one["what"] for one in held}}  # fmt: skip
    assert f"{MEMBER}, without a password" in texts["account"]
    assert "webauthn my key, last used: never" in texts["passkey or codes"]
    assert f"Name of {MEMBER}" in texts["single sign-on"]
    assert f"{MEMBER}, verified" in texts["address for signing in"]
    assert f"given by {LEAD}" in texts["sign-in link"]
    assert "not used" in texts["sign-in link"]
    assert texts["session"] == "1 kept, and shown on no page"
    assert f"By {MEMBER} for guests" in texts["guest link"]
    text = json.dumps(held)
    assert OTHER not in texts["single sign-on"] + texts["guest link"]
    secrets = [
        *Session.objects.values_list("session_key", flat=True),
        *User.objects.values_list("password", flat=True),
        *SignInLink.objects.values_list("secret_hash", flat=True),
    ]
    assert secrets
    assert not any(secret in text for secret in secrets)


def test_a_purge_leaves_nothing_of_signing_in_and_says_what_stays(known: Browsers) -> None:
    another = known(OTHER)
    page = known(MEMBER).post("/mine/purge/", {"address": MEMBER}).content.decode()
    assert "a hash of each address (" in page
    assert "backups made before" in page
    for kind in KINDS:
        assert not kind.concerning([MEMBER]).exists(), kind.what
    for model in (User, Authenticator, SocialAccount, EmailAddress, Session, SignInLink,
                  GuestLink):  # fmt: skip
        assert model._default_manager.exists(), f"{OTHER} lost theirs: {model}"
        for row in model._default_manager.values():
            assert MEMBER not in str(row)
    assert known(MEMBER).get("/mine/").status_code == 302
    assert another.get("/mine/").status_code == 200


def test_what_has_ended_is_forgotten_in_time(known: Browsers) -> None:
    past = timezone.now() - timedelta(days=LINK_DAYS + 2)
    GuestLink.objects.filter(issued_by=MEMBER).update(revoked_at=past)
    SignInLink.objects.filter(email=MEMBER).update(expires_at=past)
    Session.objects.filter(pk=known(MEMBER).session.session_key).update(expire_date=past)
    today = timezone.now().date()
    last = Brief.objects.create(on=today - timedelta(days=BRIEF_DAYS), made_at=past)
    Brief.objects.create(on=today - timedelta(days=BRIEF_DAYS + 1), made_at=past)
    deleted = {one.what: one.count for one in delete_expired(today=today)}
    assert deleted.items() >= {"guest link": 1, "sign-in link": 1, "session": 1}.items()
    assert list(Brief.objects.all()) == [last]
    assert GuestLink.objects.get().issued_by == OTHER
    assert SignInLink.objects.get().email == OTHER
    assert known(OTHER).get("/mine/").status_code == 200


def test_a_garbled_session_is_nobodys_and_fails_nothing(known: Browsers) -> None:
    Session.objects.filter(pk=known(OTHER).session.session_key).update(session_data=".x:y:z")
    Session.objects.create(session_key="k", session_data="bnVsbA:y:z",
                           expire_date=timezone.now())  # fmt: skip
    assert known(MEMBER).get("/mine/export.json").status_code == 200
