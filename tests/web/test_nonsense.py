"""Nonsense is answered by a page in words (4xx), never a fault, and nothing is kept of it.

Run on PostgreSQL too, which takes less than SQLite does.
"""

from __future__ import annotations

import pytest
from django.test import Client

from leadline.records.models import Correction, Idea, Leaving
from leadline.workspace import Workspace
from tests.web.conftest import LEAD, MEMBER, NOW, OTHER, Browsers
from tests.web.test_addresses import address_of, declared

NUL = "%00"
HUGE = "9" * 40
OVERVIEWS = (
    "/brief/",
    "/people/",
    "/one-on-ones/",
    "/growth/",
    "/leaving/",
    "/waiting/",
    "/mine/",
    "/first-90-days/",
    "/projects/",
    f"/people/{MEMBER}/",
    f"/growth/{MEMBER}/",
    f"/one-on-ones/{MEMBER}/",
)


@pytest.fixture
def lead(browser: Browsers) -> Client:
    client = browser(LEAD)
    client.raise_request_exception = False
    return client


def test_numbers_that_no_row_has_and_letters_that_no_text_has_are_not_found(
    lead: Client,
) -> None:
    for route, _, permission in declared():
        if permission.act == "open" or "<" not in route:
            continue
        ask = lead.get if permission.act == "read" else lead.post
        for nonsense in (
            HUGE,
            NUL,
            "%E2%80%AE",
            "..%2f..%2fetc",
            "%0d%0aSet-Cookie:x=1",
            "'--",
        ):
            start, _, rest = route.partition("<")
            url = address_of("/" + start)[1:] + nonsense + address_of(rest.partition(">")[2])
            answer = ask(url.replace("//", "/"))
            assert answer.status_code < 500, url
            assert "x" not in answer.cookies


@pytest.mark.parametrize(
    "url",
    [
        "/search/?q=%00",
        "/people/?page=%00",
        "/search/?q=" + "%25" * 300,
        "/report/?month=%00",
        "/report/?month=9999-13",
        "/hiring/calculator/?search_cost=nan",
        "/one-on-ones/?x=%00",
        "/projects/?q=%00",
    ],
)
def test_a_question_with_nonsense_is_answered(url: str, lead: Client) -> None:
    assert lead.get(url).status_code < 500


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e308", "-1", "1e400"])
def test_the_calculator_takes_no_number_that_is_none(value: str, lead: Client) -> None:
    page = lead.get("/hiring/calculator/")
    form = page.context["form"]
    for name in form.fields:
        values = {one: field.initial for one, field in form.fields.items()} | {name: value}
        answer = lead.get("/hiring/calculator/", values)
        assert answer.status_code < 500, name
        assert "nan" not in answer.content.decode().lower().split()


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_a_member_breaks_nobodys_page_by_a_day_far_away(
    day: str, browser: Browsers, lead: Client
) -> None:
    for field in ("start_on", "ends_on", "probation_ends_on"):
        browser(OTHER).post("/mine/correct/", {"field": field, "value": day})
    assert Correction.objects.filter(value=day).exists()
    for url in OVERVIEWS:
        assert lead.get(url).status_code < 500, url


def test_a_day_that_no_date_can_be_worked_out_from_is_refused_in_words(
    browser: Browsers,
) -> None:
    values = {"field": "probation_ends_on", "value": "9999-12-31"}
    answer = browser(MEMBER).post("/mine/correct/", values)
    assert answer.status_code == 422
    assert "a day from 1900-01-01 to 2199-12-31" in answer.content.decode()
    assert not Correction.objects.exists()
    far = browser(MEMBER).post("/waiting/reminders/", {"text": "x", "on": "9999-12-31"})
    assert far.status_code == 422


def test_a_notice_longer_than_time_is_refused(lead: Client) -> None:
    values = {
        "person": MEMBER,
        "told_on": "2026-11-23",
        "length": "999999999",
        "unit": "months",
        "ends_on": "any day",
        "last_on": "",
    }
    page = lead.get("/leaving/")
    form = page.context["forms"]["leaving"]
    for unit, _ in form.fields["unit"].choices:
        for ends_on, _ in form.fields["ends_on"].choices:
            answer = lead.post("/leaving/begin/", values | {"unit": unit, "ends_on": ends_on})
            assert answer.status_code == 422, (unit, ends_on)
    assert not Leaving.objects.exists()


def test_a_search_looks_for_ten_words_and_no_more(browser: Browsers, team: Workspace) -> None:
    words = "anchor beacon current depth estuary fathom gale harbour inlet jetty"
    Idea.objects.create(project="", text=words, condition="x", author=LEAD, at=NOW)
    for wanted, is_found in ((f"{words} zenith", True), (f"zenith {words}", False)):
        page = browser(MEMBER).get("/search/", {"q": f"{wanted} {wanted}"}).content.decode()
        assert (f">{words} (" in page) == is_found
