"""What keeps strangers out: forms, hosts, frames, redirects, cookies, rates, sessions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import BasePasswordHasher, get_hasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leadline.records.models import AgendaPoint
from leadline.records.sealed import check, reseal
from leadline.web.adapters import account_of
from tests.web.conftest import HEAD, LEAD, MEMBER, OTHER, Browsers
from tests.web.markup import wrong_in
from tests.web.test_addresses import address_of, declared

PASSWORD = "a long pass phrase 7"


def test_no_form_is_taken_that_did_not_come_from_a_page_of_ours(browser: Browsers) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(account_of(LEAD))
    tried = 0
    for route, _, permission in declared():
        if permission.act == "change" or "sign-in" in route:
            answer = client.post(address_of(route))
            assert answer.status_code == 403, route
            assert "came too late" in answer.content.decode(), route
            tried += 1
    assert tried > 30
    for name in ("account_login", "account_logout", "mfa_reauthenticate"):
        assert client.post(reverse(name)).status_code == 403, name
    assert not AgendaPoint.objects.exists()


def test_another_host_name_is_refused(browser: Browsers) -> None:
    answer = browser(LEAD).get("/brief/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    forwarded = browser(LEAD).get("/invite/", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil.example" not in forwarded.content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_signing_in_leads_to_no_other_site(target: str, browser: Browsers) -> None:
    user = account_of(LEAD)
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    values = {"login": LEAD, "password": PASSWORD, "next": target}
    answer = client.post("/accounts/login/", values)
    assert answer.status_code == 302
    assert answer["Location"] == "/brief/"


def test_wrong_passwords_are_slowed_for_an_address(browser: Browsers) -> None:
    user = account_of(MEMBER)
    user.set_password(PASSWORD)
    user.save()
    client = Client()
    for _ in range(5):
        client.post("/accounts/login/", {"login": MEMBER, "password": "wrong"})
    answer = client.post("/accounts/login/", {"login": MEMBER, "password": PASSWORD})
    assert answer.status_code == 200  # even the right one, now
    assert "Too many failed" in answer.content.decode()


@pytest.mark.parametrize("who", [MEMBER, OTHER, HEAD, "nobody@elsewhere.example"])
def test_a_wrong_password_takes_as_long_whoever_it_is_for(
    who: str, browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has a password, two have none, of one nothing is known: each is worked out once."""
    account = account_of(MEMBER)
    account.set_password(PASSWORD)
    account.save()
    account_of(OTHER)
    hasher = type(get_hasher())
    times: list[str] = []
    encode = hasher.encode

    def counted(self: BasePasswordHasher, *args: Any, **rest: Any) -> str:
        times.append(self.algorithm)
        return encode(self, *args, **rest)

    monkeypatch.setattr(hasher, "encode", counted)
    answer = browser().post("/accounts/login/", {"login": who, "password": "wrong 123"})
    assert answer.status_code == 200
    assert len(times) == 1


def test_a_session_ends_after_a_fortnight(browser: Browsers) -> None:
    client = browser(LEAD)
    assert client.get("/brief/").status_code == 200
    lasts = Session.objects.get().expire_date - timezone.now()
    assert timedelta(days=13) < lasts <= timedelta(days=14)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/brief/").status_code == 302


@pytest.mark.parametrize(
    "path",
    ["/accounts/login/", "/accounts/2fa/", "/accounts/2fa/webauthn/", "/nowhere/",
     "/accounts/2fa/totp/activate/", "/accounts/2fa/webauthn/add/", "/accounts/password/set/",
     "/accounts/reauthenticate/", "/sign-in/x/"],
)  # fmt: skip
def test_pages_of_signing_in_have_no_script_inline_either(path: str, browser: Browsers) -> None:
    user = account_of(LEAD)
    user.set_password(PASSWORD)
    user.save()
    signed_in = Client()
    signed_in.post("/accounts/login/", {"login": LEAD, "password": PASSWORD})
    signed_in.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client = Client() if path in {"/accounts/login/", "/sign-in/x/"} else signed_in
    answer = client.get(path, follow=True)
    assert wrong_in(answer) == []


def test_the_secret_of_a_code_is_sealed_in_the_database(browser: Browsers) -> None:
    """Whoever has the database alone cannot make somebody's codes."""
    sealed = get_adapter().encrypt("JBSWY3DPEHPK3PXP")
    row = Authenticator.objects.create(
        user=account_of(LEAD), type=Authenticator.Type.TOTP, data={"secret": sealed}
    )
    row.refresh_from_db()
    assert "JBSWY3DPEHPK3PXP" not in json.dumps(row.data)
    assert reseal() == check() == 1  # a new key reaches it too
    row.refresh_from_db()
    assert row.data["secret"] != sealed
    assert get_adapter().decrypt(row.data["secret"]) == "JBSWY3DPEHPK3PXP"


def test_behind_https_cookies_are_secure_and_the_check_for_deployment_is_clean(
    tmp_path: Path,
) -> None:
    variables = {
        **os.environ,
        "LEADLINE_URL": "https://leadline.example",
        "LEADLINE_WORKSPACE": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "leadline.web.settings",
        "LEADLINE_SECRET_KEY": "k" * 12
        + "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP",
    }
    code = (
        "import django; django.setup(); from django.conf import settings as s; import json;"
        "from django.core.management import call_command;"
        "call_command('check', deploy=True, fail_level='WARNING');"
        "print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, "
        "s.SESSION_COOKIE_HTTPONLY, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0, "
        "s.SESSION_COOKIE_NAME == '__Host-leadline_session', "
        "s.CSRF_COOKIE_NAME == '__Host-leadline_csrf', "
        "sorted(s.SILENCED_SYSTEM_CHECKS)]))"
    )
    end = subprocess.run(
        [sys.executable, "-c", code], env=variables, cwd=tmp_path,
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    assert end.returncode == 0, end.stderr
    *flags, silenced = json.loads(end.stdout.splitlines()[-1])
    assert flags == [True] * 7
    assert silenced == ["security.W005", "security.W021"]
