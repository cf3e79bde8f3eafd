"""Attacks that were tried; whatever worked once is mended, and stays here.

The answer to nonsense is a page in words (4xx), never a fault (5xx), and nothing is kept of it.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leadline.records.access import viewer_of
from leadline.records.actions.links import SIGN_IN_FOR, issue_sign_in_link
from leadline.records.models import (
    AgendaPoint,
    Correction,
    FeedbackPreference,
    Leaving,
    Person,
)
from leadline.web.adapters import account_of
from leadline.workspace import Workspace
from tests.web.conftest import HEAD, LEAD, MEMBER, OTHER, PARTNER, TODAY, Browsers
from tests.web.test_addresses import address_of, declared, patterns

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


def test_a_wish_about_feedback_is_read_by_the_team_alone(browser: Browsers) -> None:
    values = {
        "wish": FeedbackPreference.Wish.values[0],
        "form": FeedbackPreference.Form.WRITTEN,
    }
    browser(OTHER).post("/feedback/wish/", values)
    url = reverse("feedback-write", args=[OTHER])
    assert "About feedback they said" in browser(MEMBER).get(url).content.decode()
    for outside in (HEAD, PARTNER):
        page = browser(outside).get(url).content.decode()
        assert "is for the team to read" in page
        assert "they said" not in page
        assert "not said yet" not in page


def test_a_letter_that_looks_like_another_is_nobody(team: Workspace) -> None:
    """The sign of the Kelvin becomes the letter k where letters are made small."""
    kelvin = "mar\u212a@harbour.example"
    Person.objects.filter(key=MEMBER).update(emails=[MEMBER, "mark@harbour.example"])
    assert kelvin.lower() == "mark@harbour.example"
    assert viewer_of(team, "mark@harbour.example", today=TODAY)
    assert viewer_of(team, kelvin, today=TODAY) is None


# Sessions and links


def test_signing_in_gives_a_new_session_and_leaves_none_of_the_one_before(
    browser: Browsers,
) -> None:
    """Whoever planted a session in a browser does not share what it becomes."""
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    client.cookies["leadline_session"] = planted = session.session_key
    for address in (MEMBER, OTHER):
        secret = issue_sign_in_link(
            address, issued_by=LEAD, at=timezone.now(), valid_for=SIGN_IN_FOR
        )
        client.post(f"/sign-in/{secret}/")
        assert client.session.session_key != planted
        planted = client.session.session_key
    assert "planted" not in client.session  # the second found another's session, and emptied it
    stranger = Client()
    stranger.cookies["leadline_session"] = session.session_key
    assert stranger.get("/mine/").status_code == 302


def test_a_leavers_session_opens_nothing_from_the_day_after(browser: Browsers) -> None:
    client = browser(MEMBER)
    assert client.get("/mine/").status_code == 200
    Person.objects.filter(key=MEMBER).update(ends_on=TODAY)
    assert client.get("/mine/").status_code == 200  # the last day is a day
    Person.objects.filter(key=MEMBER).update(ends_on=TODAY - timedelta(days=1))
    for url in ("/mine/", "/mine/export.json", "/projects/", "/", f"/people/{MEMBER}/"):
        assert client.get(url, follow=True).status_code == 403, url
    secret = issue_sign_in_link(
        MEMBER, issued_by=LEAD, at=timezone.now(), valid_for=SIGN_IN_FOR
    )
    assert Client().post(f"/sign-in/{secret}/").status_code == 403


def test_who_becomes_the_lead_or_is_it_no_more_is_so_at_the_next_page(
    browser: Browsers, team: Workspace
) -> None:
    new, old = browser(MEMBER), browser(LEAD)
    assert new.get("/brief/").status_code == 403
    file = team.folder / "leadline.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(LEAD, MEMBER), encoding="utf-8")
    assert new.get("/brief/").status_code == 200
    assert old.get("/brief/").status_code == 403
    file.write_text(text, encoding="utf-8")
    assert new.get("/brief/").status_code == 403
    assert old.get("/brief/").status_code == 200


def test_a_link_that_was_sent_twice_signs_in_once_and_never_somebody_else(
    browser: Browsers,
) -> None:
    secret = issue_sign_in_link(
        MEMBER, issued_by=LEAD, at=timezone.now(), valid_for=SIGN_IN_FOR
    )
    lead = browser(LEAD)
    assert lead.post(f"/sign-in/{secret}/").status_code == 302
    assert lead.get("/brief/").status_code == 403  # the lead's session is gone
    assert Client().post(f"/sign-in/{secret}/").status_code == 410
    assert Client().post(f"/sign-in/{secret.upper()}/").status_code == 410


# Requests


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_no_page_answers_another_method(method: str, browser: Browsers) -> None:
    for route, _, _ in declared():
        answer = browser(LEAD).generic(method, address_of(route))
        assert answer.status_code == 405, route


def test_a_header_or_a_field_makes_no_other_method_of_a_request(browser: Browsers) -> None:
    url = reverse("point-add", args=[MEMBER])
    for header in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        answer = browser(LEAD).get(f"{url}?_method=POST&text=x", headers={header: "POST"})
        assert answer.status_code == 405
    assert not AgendaPoint.objects.exists()


def test_every_form_of_the_sign_in_library_needs_its_token(browser: Browsers) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(account_of(LEAD))
    names = [
        entry.name
        for route, entry in patterns()
        if not hasattr(entry.callback, "permission") and "<" not in route
    ]
    assert len(names) > 12
    answers = {name: client.post(reverse(name)).status_code for name in names if name}
    assert set(answers.values()) <= {403, 405}, answers


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example"]
)
@pytest.mark.parametrize("url", ["/accounts/logout/", "/accounts/reauthenticate/"])
def test_signing_out_leads_to_no_other_site(url: str, target: str, browser: Browsers) -> None:
    answer = browser(LEAD).post(f"{url}?next={quote(target)}", {"next": target})
    assert "evil.example" not in answer.get("Location", "")


def test_the_name_of_a_file_stands_in_quotes(at_work: Browsers) -> None:
    answer = at_work(LEAD).get("/projects/search-ranking/proposal/?as=markdown")
    assert answer["Content-Disposition"] == (
        'attachment; filename="proposal-search-ranking.md"'
    )
