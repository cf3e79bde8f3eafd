"""Links that sign in once, and the addresses behind accounts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leadline.errors import InputError
from leadline.records.actions.links import (
    SIGN_IN_FOR,
    issue_sign_in_link,
    share_page,
    shared_page,
    use_sign_in_link,
)
from leadline.records.models import GuestLink, SignInLink
from leadline.web.secret_key import secret_key
from tests.web.conftest import LEAD, MEMBER, STRANGER, Browsers


def link_for(address: str, **times: object) -> str:
    now = timezone.now()
    return issue_sign_in_link(
        address, issued_by="test", at=times.get("at", now), valid_for=SIGN_IN_FOR
    )


def test_a_link_signs_in_once(browser: Browsers) -> None:
    address = f"/sign-in/{link_for(LEAD)}/"
    client = Client()
    shown = client.get(address)
    assert LEAD in shown.content.decode()
    assert client.get("/brief/").status_code == 302  # looking at the link signs nobody in
    assert client.post(address).status_code == 302
    assert client.get("/brief/").status_code == 200
    again = Client().post(address)
    assert again.status_code == 410
    assert "had its day" in again.content.decode()


def test_a_link_does_not_outlive_its_half_hour(browser: Browsers) -> None:
    secret = link_for(LEAD, at=timezone.now() - SIGN_IN_FOR - timedelta(seconds=1))
    assert Client().get(f"/sign-in/{secret}/").status_code == 410
    assert Client().post(f"/sign-in/{secret}/").status_code == 410


def test_a_new_link_ends_the_one_before(browser: Browsers) -> None:
    first, second = link_for(LEAD), link_for(LEAD)
    with pytest.raises(InputError):
        use_sign_in_link(first, at=timezone.now())
    assert use_sign_in_link(second, at=timezone.now()) == LEAD


def test_the_secret_of_a_link_is_not_in_the_database(browser: Browsers) -> None:
    secret = link_for(LEAD)
    row = SignInLink.objects.get()
    assert all(secret not in str(value) for value in vars(row).values())


def test_somebody_who_is_gone_is_turned_away(browser: Browsers) -> None:
    answer = Client().post(f"/sign-in/{link_for('rafael@harbour.example')}/")
    assert answer.status_code == 403
    assert Client().get("/brief/").status_code == 302


def test_a_stranger_with_an_account_sees_no_page(browser: Browsers) -> None:
    answer = browser(STRANGER).get("/patterns/")
    assert answer.status_code == 403
    assert STRANGER in answer.content.decode()


def test_the_lead_invites_a_member_who_then_signs_in(browser: Browsers) -> None:
    answer = browser(LEAD).post("/invite/link/", {"email": MEMBER.upper()})
    link = re.search(r"http://testserver(/sign-in/[^\"]+)", answer.content.decode())
    assert link
    client = Client()
    assert client.post(link[1]).status_code == 302
    assert client.get("/patterns/").status_code == 200
    assert client.get("/brief/").status_code == 403


def test_nobody_is_invited_who_is_not_on_the_roster(browser: Browsers) -> None:
    answer = browser(LEAD).post("/invite/link/", {"email": STRANGER})
    assert answer.status_code == 422
    assert SignInLink.objects.count() == 0


def test_a_member_invites_nobody(browser: Browsers) -> None:
    assert browser(MEMBER).post("/invite/link/", {"email": MEMBER}).status_code == 403


def test_an_account_is_not_made_by_signing_up(browser: Browsers) -> None:
    values = {"email": LEAD, "password1": "a-long-pass-phrase-7", "password2": "x"}
    answer = Client().post("/accounts/signup/", values)
    assert "closed" in answer.content.decode().lower()


def test_many_tries_of_links_are_slowed(browser: Browsers) -> None:
    client = Client()
    codes = [client.get("/sign-in/guess/").status_code for _ in range(25)]
    assert codes[0] == 410
    assert codes[-1] == 429


def test_signing_out_ends_the_session(browser: Browsers) -> None:
    client = browser(LEAD)
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/brief/").status_code == 302


def test_a_guest_link_expires_and_can_be_taken_back(db: None) -> None:
    now = timezone.now()
    token = share_page("/x/", label="X", issued_by=LEAD, at=now)
    found = shared_page(token, at=now)
    assert found is not None
    assert found.page == "/x/"
    assert shared_page(token, at=now + timedelta(days=15)) is None
    assert shared_page(f"9{token}", at=now) is None
    GuestLink.objects.update(revoked_at=now)
    assert shared_page(token, at=now) is None


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path, monkeypatch) -> None:
    monkeypatch.delenv("LEADLINE_SECRET_KEY", raising=False)
    first = secret_key(tmp_path)
    assert secret_key(tmp_path) == first
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
