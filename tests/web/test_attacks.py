"""Attacks that were tried; whatever worked once is mended, and stays here.

What was tried, and where each is tested, is written down in docs/explanation/attacks.md.
"""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leadline.records.access import viewer_of
from leadline.records.actions.links import SIGN_IN_FOR, issue_sign_in_link
from leadline.records.models import (
    AgendaPoint,
    Candidate,
    Feedback,
    FeedbackPreference,
    InterviewKit,
    Leaving,
    Person,
)
from leadline.web.adapters import account_of
from leadline.workspace import Workspace
from tests.web.conftest import HEAD, LEAD, MEMBER, OTHER, PARTNER, TODAY, Browsers
from tests.web.test_addresses import address_of, declared, patterns


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


def test_nobody_takes_the_name_of_somebody_else(browser: Browsers) -> None:
    """Feedback and points say by a name whose they are."""
    for name in ("Ines Marlow", " otto  ANKERMANN", "Nuria Farol", "Ｏtto Ankermann"):
        answer = browser(MEMBER).post("/mine/correct/", {"field": "name", "value": name})
        assert answer.status_code == 422, name
        assert "somebody else here is called" in answer.content.decode()
    own = browser(MEMBER).post("/mine/correct/", {"field": "name", "value": "Mira Tide-Way"})
    assert own.status_code == 302


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


def test_what_is_typed_turns_nothing_that_stands_after_it(browser: Browsers) -> None:
    """The override of the direction would write the name and the day after it backwards."""
    text = "Look\u202e at\x1b[31m \u2066this\r\n\u05e9\u05dc\u200f\u05d5\u05dd"
    browser(MEMBER).post(reverse("point-add", args=[MEMBER]), {"text": text})
    kept = AgendaPoint.objects.get().text
    assert kept == "Look at[31m this\n\u05e9\u05dc\u200f\u05d5\u05dd"
    nothing = browser(MEMBER).post(reverse("point-add", args=[MEMBER]), {"text": "\u202e"})
    assert nothing.status_code == 422
    assert AgendaPoint.objects.count() == 1


def test_what_is_hidden_is_asked_for_as_what_is_absent(browser: Browsers) -> None:
    """No refusal takes longer for a record that is there: the questions are the same."""
    now = timezone.now()
    kit = InterviewKit.objects.create(name="A kit", author=LEAD, at=now)
    hidden = {
        "candidate": Candidate.objects.create(
            kit=kit, name="A. Candidate", author=LEAD, at=now, delete_on=TODAY
        ),
        "feedback-page": Feedback.objects.create(about=OTHER, author=LEAD, at=now),
        "leaving-page": Leaving.objects.create(
            about=OTHER, author=LEAD, at=now, told_on=TODAY, last_on=TODAY
        ),
        "feedback-discard": Feedback.objects.create(about=MEMBER, author=LEAD, at=now),
    }
    client = browser(MEMBER)
    client.get("/mine/")
    for name, row in hidden.items():
        asked = []
        for pk in (row.pk, row.pk + 1_000):
            with CaptureQueriesContext(connection) as queries:
                ask = client.post if name.endswith("discard") else client.get
                assert ask(reverse(name, args=[pk])).status_code == 404
            asked.append([re.sub(r"\d+", "n", one["sql"]) for one in queries])
        assert asked[0] == asked[1], name
