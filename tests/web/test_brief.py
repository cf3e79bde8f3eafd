"""The brief in a browser: lines with receipts, answers, history, honest failures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from leadline.records.actions.brief import make_brief
from leadline.records.models import Brief, BriefLine, Reading, Response, Source
from leadline.workspace import Workspace
from tests.web.conftest import LEAD, MEMBER, TODAY, Browsers

HTMX = {"HX-Request": "true"}


def a_line() -> BriefLine:
    return BriefLine.objects.filter(standing=False).order_by("position").first()


def test_each_line_shows_its_receipt_and_its_question(browser: Browsers) -> None:
    page = browser(LEAD).get("/brief/").content.decode()
    for line in BriefLine.objects.filter(standing=False):
        assert line.found["question"].split("'")[0] in page
        assert line.found["receipts"][0]["command"].split("'")[0] in page


def test_the_brief_in_the_browser_is_the_brief_of_the_terminal(
    browser: Browsers, team: Workspace
) -> None:
    browser(LEAD).get("/brief/")
    shown = list(BriefLine.objects.filter(standing=False).values_list("finding", flat=True))
    again = make_brief(team, today=TODAY)
    assert shown == [found.id for found in again.choice.lines]


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("dismissed", "Dismissed"), ("snoozed", "Snoozed"), ("wrong", "wrong")],
)
def test_an_answer_works_without_javascript(verdict: str, said: str, browser: Browsers) -> None:
    client = browser(LEAD)
    client.get("/brief/")
    line = a_line()
    answer = client.post(f"/brief/lines/{line.pk}/answer/", {"verdict": verdict}, follow=True)
    assert said in answer.content.decode()
    kept = Response.objects.get()
    assert (kept.finding, kept.verdict) == (line.finding, verdict)
    assert kept.until == (TODAY + timedelta(days=7) if verdict == "snoozed" else None)
    assert line.found["question"] not in client.get("/brief/").content.decode()


def test_an_answer_with_htmx_gets_its_line_back_and_no_page(browser: Browsers) -> None:
    client = browser(LEAD)
    client.get("/brief/")
    answer = client.post(
        f"/brief/lines/{a_line().pk}/answer/", {"verdict": "dismissed"}, headers=HTMX
    )
    text = answer.content.decode()
    assert text.strip().startswith("<li")
    assert "<html" not in text


def test_a_snooze_into_the_past_is_told_and_nothing_is_kept(browser: Browsers) -> None:
    client = browser(LEAD)
    client.get("/brief/")
    values = {"verdict": "snoozed", "until": "2026-01-01", "reason": "holiday"}
    answer = client.post(f"/brief/lines/{a_line().pk}/answer/", values)
    assert answer.status_code == 422
    assert "Choose a day after today" in answer.content.decode()
    assert "holiday" in answer.content.decode()  # what was typed is still there
    assert not Response.objects.exists()


def test_a_member_answers_no_line_and_is_not_told_whether_it_exists(browser: Browsers) -> None:
    browser(LEAD).get("/brief/")
    line = a_line()
    url = f"/brief/lines/{line.pk}/answer/"
    assert browser(MEMBER).post(url, {"verdict": "wrong"}).status_code == 403
    assert browser(MEMBER).post("/brief/lines/999/answer/", {}).status_code == 403
    assert not Response.objects.exists()


def test_a_source_that_failed_stands_above_the_lines(browser: Browsers) -> None:
    source = Source.objects.get(kind=Source.Kind.PEOPLE)
    now = timezone.now()
    Reading.objects.create(
        source=source, started_at=now, ended_at=now, outcome="failed", summary="no such <file>"
    )
    page = browser(LEAD).get("/brief/").content.decode()
    assert "Not read: people file" in page
    assert "no such &lt;file&gt;" in page
    assert page.index("Not read") < page.index("findings")


def test_an_earlier_brief_is_kept_as_it_was(browser: Browsers, team: Workspace) -> None:
    client = browser(LEAD)
    assert "No earlier brief" in client.get("/brief/history/").content.decode()
    earlier = TODAY - timedelta(days=3)
    make_brief(team, today=earlier)
    assert f"/brief/{earlier}/" in client.get("/brief/history/").content.decode()
    page = client.get(f"/brief/{earlier}/").content.decode()
    line = BriefLine.objects.filter(brief__on=earlier).first()
    assert line.found["question"].split("'")[0] in page
    assert client.get("/brief/2020-01-01/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_lines(
    browser: Browsers, django_assert_max_num_queries
) -> None:
    client = browser(LEAD)
    client.get("/brief/")
    brief = Brief.objects.get()
    line = a_line()
    for number in range(60):
        BriefLine.objects.create(
            brief=brief, position=100 + number, finding=f"{number:06x}", rule="r",
            subject=f"project:{number}", sentence="One.", magnitude=1, found=line.found,
            standing=True,
        )  # fmt: skip
    with django_assert_max_num_queries(14):
        client.get("/brief/")


def test_reading_again_says_what_it_came_to(browser: Browsers, team: Workspace) -> None:
    answer = browser(LEAD).post("/brief/read-again/", follow=True)
    assert "All sources were read" in answer.content.decode()
    assert browser(MEMBER).post("/brief/read-again/").status_code == 403


def test_a_broken_workspace_file_is_a_page_with_its_line(
    browser: Browsers, team: Workspace
) -> None:
    (team.folder / "leadline.toml").write_text("[lead]\nnmae = 1\n", encoding="utf-8")
    answer = browser(LEAD).get("/brief/")
    assert answer.status_code == 422
    assert "unknown key" in answer.content.decode()
    assert "line 2" in answer.content.decode()


def test_dates_follow_the_readers_locale(browser: Browsers) -> None:
    client = browser(LEAD)
    assert (
        "23 Nov 2026"
        in client.get("/brief/", headers={"Accept-Language": "en-GB"}).content.decode()
    )
    assert (
        "23. November 2026"
        in client.get("/brief/", headers={"Accept-Language": "de"}).content.decode()
    )


def test_an_address_with_a_day_that_does_not_exist_is_not_found(browser: Browsers) -> None:
    assert browser(LEAD).get("/brief/2026-02-31/").status_code == 404
