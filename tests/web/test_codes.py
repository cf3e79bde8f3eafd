"""Signing in with a one-time code, through the pages, as an authenticator app would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
import time

from allauth.mfa.models import Authenticator
from django.test import Client

from leadline.web.adapters import account_of
from tests.web.conftest import LEAD, Browsers

PASSWORD = "a long pass phrase 7"


def code_of(secret: str, *, steps: int = 0) -> str:
    """The code of RFC 6238 at this moment: six digits of HMAC-SHA-1, steps of 30 seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def test_a_code_is_set_up_and_needed_from_then_on(browser: Browsers) -> None:
    user = account_of(LEAD)
    user.set_password(PASSWORD)
    user.save()
    first = Client()
    first.post("/accounts/login/", {"login": LEAD, "password": PASSWORD})
    first.post("/accounts/reauthenticate/", {"password": PASSWORD})
    shown = first.get("/accounts/2fa/totp/activate/")
    assert shown.status_code == 200, shown["Location"]
    page = shown.content.decode()
    assert 'class="masthead"' in page  # in our frame, not the library's
    secret = re.search(r"\b[A-Z2-7]{32}\b", page)
    assert secret
    answer = first.post("/accounts/2fa/totp/activate/", {"code": code_of(secret[0])})
    assert answer.status_code == 302, answer.content.decode()
    kept = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret[0] not in kept
    again = Client()
    asked = again.post("/accounts/login/", {"login": LEAD, "password": PASSWORD})
    assert asked["Location"] == "/accounts/2fa/authenticate/"
    assert again.get("/brief/").status_code == 302  # the password alone signs nobody in
    wrong = again.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200
    used = again.post("/accounts/2fa/authenticate/", {"code": code_of(secret[0])})
    if used.status_code == 200:  # the code of setting up counts once; take the next one
        used = again.post("/accounts/2fa/authenticate/", {"code": code_of(secret[0], steps=1)})
    assert used.status_code == 302
    assert again.get("/brief/").status_code == 200
