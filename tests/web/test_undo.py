"""Whoever clicked wrongly gets it back with one click; what waits is counted in the menu."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from leadline.practice.brief import Verdict
from leadline.records.actions import one_on_ones
from leadline.records.actions.respond import respond
from leadline.records.models import (
    AgendaPoint,
    AgreedAction,
    BriefLine,
    Feedback,
    HandoverItem,
    Leaving,
    PlanChange,
    Response,
    Snapshot,
    Source,
)
from leadline.records.queries.experiments import KeptExperiments
from leadline.records.queries.mine import everything_about
from leadline.records.snapshots import keep_facts, load_facts
from tests.web.conftest import HEAD, LEAD, MEMBER, NOW, OTHER, PARTNER, TODAY, Browsers

COUNT = re.compile(r'<span class="count">.*?(\d+)</span>')


def shown(client: Client, name: str, *keys: object) -> str:
    return client.get(reverse(name, args=keys)).content.decode()


def is_open(page: str, text: str) -> bool:
    """Whether a list has it, and not among what is done."""
    return text in page and f"✓ {text}" not in page


def test_a_point_talked_about_by_mistake_is_back_on_the_agenda(browser: Browsers) -> None:
    points = [
        one_on_ones.add_point(MEMBER, by=MEMBER, text=f"Point {n}.", at=NOW) for n in range(7)
    ]
    for n, point in enumerate(points[1:]):
        at = NOW + timedelta(days=n)
        AgendaPoint.objects.filter(pk=point.pk).update(closed_by=LEAD, closed_at=at)
    one_on_ones.close_point(points[0], by=LEAD, at=NOW + timedelta(days=9))  # the oldest, last
    page = shown(browser(LEAD), "one-on-one", MEMBER)
    undo = reverse("point-reopen", args=[points[0].pk])
    assert "✓ Point 0." in page
    assert undo in page
    assert browser(MEMBER).post(undo).status_code == 302
    assert is_open(shown(browser(LEAD), "one-on-one", MEMBER), "Point 0.")
    assert browser(OTHER).post(undo).status_code == 404


def test_an_action_done_by_mistake_is_open_again(browser: Browsers) -> None:
    action = one_on_ones.agree(
        MEMBER, by=LEAD, owner=MEMBER, text="Label pages.", due_on=None, at=NOW, lead=LEAD
    )
    browser(MEMBER).post(reverse("action-done", args=[action.pk]))
    assert "✓ Label pages." in shown(browser(MEMBER), "one-on-one", MEMBER)
    undo = reverse("action-reopen", args=[action.pk])
    assert browser(OTHER).post(undo).status_code == 404
    browser(MEMBER).post(undo)
    assert is_open(shown(browser(MEMBER), "one-on-one", MEMBER), "Label pages.")
    assert AgreedAction.objects.get().done_by == ""


def test_a_reminder_done_by_mistake_is_open_again_for_its_author_only(
    browser: Browsers,
) -> None:
    one = one_on_ones.remind_me(by=MEMBER, text="Ask for labels.", on=TODAY, at=NOW)
    browser(MEMBER).post(reverse("reminder-done", args=[one.pk]))
    assert "✓ Ask for labels." in shown(browser(MEMBER), "waiting")
    undo = reverse("reminder-reopen", args=[one.pk])
    assert browser(LEAD).post(undo).status_code == 404
    browser(MEMBER).post(undo)
    assert is_open(shown(browser(MEMBER), "waiting"), "Ask for labels.")


def test_a_handover_said_too_early_is_open_again(browser: Browsers) -> None:
    gone = Leaving.objects.create(
        about=OTHER, author=LEAD, told_on=TODAY, last_on=TODAY + timedelta(days=60), at=NOW
    )
    item = HandoverItem.objects.create(
        leaving=gone, kind="duty", what="On call", successor=MEMBER, at=NOW,
        done_by=LEAD, done_at=NOW,
    )  # fmt: skip
    undo = reverse("item-reopen", args=[item.pk])
    assert undo in shown(browser(LEAD), "leaving-page", gone.pk)
    browser(LEAD).post(undo)
    item.refresh_from_db()
    assert (item.done_by, item.done_at) == ("", None)


def test_a_step_ticked_by_mistake_is_open_again(browser: Browsers) -> None:
    lead = browser(LEAD)
    steps = re.findall(r'name="step" value="([^"]+)"', shown(lead, "first-days"))
    lead.post(reverse("first-days-change"), {"step": steps[0]})
    undo = reverse("first-days-undo")
    assert shown(lead, "first-days").count(undo) == 1  # the calendar's own ticks have none
    assert browser(MEMBER).post(undo, {"step": steps[0]}).status_code == 403
    lead.post(undo, {"step": steps[0]})
    assert undo not in shown(lead, "first-days")
    assert not PlanChange.objects.exists()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_an_answer_to_the_brief_is_taken_back_the_same_day(
    browser: Browsers, verdict: Verdict
) -> None:
    before = shown(browser(LEAD), "brief")
    line = re.search(r'id="line-(\d+)".*?<p class="sentence">(.*?)</p>', before, re.DOTALL)
    assert line
    lead = browser(LEAD)
    lead.post(reverse("answer", args=[line[1]]), {"verdict": verdict.value})
    after = shown(lead, "brief")
    assert f'id="line-{line[1]}"' not in after
    assert "Answered today" in after
    kept = Response.objects.get()
    undo = reverse("answer-take-back", args=[kept.pk])
    assert undo in after
    assert browser(MEMBER).post(undo).status_code == 403
    lead.post(undo)
    again = shown(lead, "brief")
    assert line[2] in again
    assert "Answered today" not in again
    assert not Response.objects.exists()


def test_an_answer_of_an_earlier_day_stays(browser: Browsers) -> None:
    shown(browser(LEAD), "brief")
    line = BriefLine.objects.first()
    assert line
    kept = respond(line.finding, verdict=Verdict.DISMISSED, today=TODAY - timedelta(days=1))
    undo = reverse("answer-take-back", args=[kept.pk])
    assert browser(LEAD).post(undo).status_code == 404
    assert Response.objects.exists()


def test_the_menu_counts_what_waits_for_its_reader(browser: Browsers) -> None:
    assert COUNT.findall(shown(browser(OTHER), "mine")) == []
    one_on_ones.agree(
        OTHER, by=LEAD, owner=OTHER, text="Label pages.", due_on=None, at=NOW, lead=LEAD
    )
    one_on_ones.remind_me(by=OTHER, text="Ask.", on=TODAY, at=NOW)
    one_on_ones.remind_me(by=OTHER, text="Later.", on=TODAY + timedelta(days=3), at=NOW)
    Feedback.objects.create(
        about=OTHER, author=MEMBER, situation="s", behaviour="b", impact="i", question="q",
        at=NOW, shared_at=NOW,
    )  # fmt: skip
    assert COUNT.findall(shown(browser(OTHER), "mine")) == ["3"]
    assert COUNT.findall(shown(browser(OTHER), "projects")) == ["3"]
    assert COUNT.findall(shown(browser(PARTNER), "waiting")) == []


def test_a_people_partner_sees_what_is_held_about_them(browser: Browsers) -> None:
    one_on_ones.remind_me(by=PARTNER, text="Ask the bank.", on=TODAY, at=NOW)
    page = shown(browser(PARTNER), "mine")
    assert "Ask the bank." in page
    assert PARTNER in page


def test_whom_a_plan_names_is_told_of_its_end_and_nobody_else(browser: Browsers) -> None:
    place = "plans/new-order.toml"
    source = Source.objects.create(kind=Source.Kind.EXPERIMENTS, name=place, place=place)
    over = KeptExperiments(
        today=TODAY, findings=(), name="new-order", ends_on=date(2026, 11, 2), owner=MEMBER
    )
    keep_facts(source, over)
    for who, is_told in ((LEAD, True), (MEMBER, True), (OTHER, False), (HEAD, False)):
        assert ("new-order" in shown(browser(who), "waiting")) is is_told, who
    held = [one.text for one in everything_about(MEMBER).held if one.what == "experiment"]
    assert held == ["new-order: decides what comes of it"]
    browser(MEMBER).post(reverse("mine-purge"), {"address": MEMBER})
    assert not Snapshot.objects.filter(source=source).exists()
    assert not load_facts(Source.Kind.EXPERIMENTS, KeptExperiments).get(source.name)
