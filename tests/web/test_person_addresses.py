"""No address of a page, and so no log, names anybody; links of before still lead on."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from leadline.records.models import Person
from leadline.web.adapters import account_of
from leadline.web.people_codes import address_behind, code_of
from tests.web.conftest import LEAD, MEMBER, Browsers
from tests.web.markup import links_in

PAGES = ("person", "one-on-one", "growth-page", "feedback-write")
MENU = (
    "/people/",
    "/one-on-ones/",
    "/growth/",
    "/feedback/",
    "/waiting/",
    "/hiring/",
    "/leaving/",
)


def test_a_code_leads_back_to_its_person_and_says_nothing_without_the_key(
    browser: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [*Person.objects.values_list("key", flat=True), LEAD]
    codes = {code_of(one): one for one in people}
    assert len(codes) == len(set(people))
    assert {address_behind(code) for code in codes} == set(people)
    assert address_behind("0123456789abcdef") == "0123456789abcdef"
    before = code_of(MEMBER)
    monkeypatch.setattr(settings, "SECRET_KEY", "another key of another workspace")
    assert code_of(MEMBER) != before


def test_no_page_links_to_an_address_with_somebody_in_it(browser: Browsers) -> None:
    found: set[str] = set()
    for url in (*MENU, *(reverse(page, args=[MEMBER]) for page in PAGES)):
        page = browser(LEAD).get(url, follow=True)
        assert page.status_code == 200, url
        found |= links_in(page)
    names = [part for name in Person.objects.values_list("name", flat=True)
             for part in name.lower().split()]  # fmt: skip
    assert len([link for link in found if link.startswith("/people/")]) > 5
    for link in found:
        assert "@" not in link
        assert "%40" not in link
        assert not any(f"/{name}" in link.lower() for name in names)


@pytest.mark.parametrize("page", PAGES)
def test_a_link_of_before_leads_on(page: str, browser: Browsers) -> None:
    client = Client()
    client.force_login(account_of(LEAD))
    now = reverse(page, args=[MEMBER])
    old = now.replace(code_of(MEMBER), MEMBER)
    answer = client.get(f"{old}?page=2")
    assert (answer.status_code, answer["Location"]) == (302, f"{now}?page=2")
    assert client.get(now).status_code == 200
    # Whether somebody is here is told to nobody: both lead on alike.
    nobody = client.get(now.replace(code_of(MEMBER), "nobody@harbour.example"))
    assert nobody.status_code == 302
    assert client.get(nobody["Location"]).status_code == 404
    assert Client().get(now)["Location"].startswith("/accounts/login/")


def test_what_is_logged_of_a_page_that_fails_names_nobody(
    browser: Browsers, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("a fault of ours")

    client = browser(LEAD)
    client.raise_request_exception = False
    url = reverse("person", args=[MEMBER])
    monkeypatch.setattr("leadline.web.views.people.person_in", broken)
    logger = logging.getLogger("django")
    logger.addHandler(caplog.handler)
    try:
        assert client.get(url).status_code == 500
        assert client.get("/people/0123456789abcdef/nothing/").status_code == 404
    finally:
        logger.removeHandler(caplog.handler)
    assert "Internal Server Error" in caplog.text
    assert url in caplog.text
    assert MEMBER not in caplog.text
