"""Mail that was asked for, and the secret address of one's dates."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Component

from leadline.cli.sync_mail import send_mail_now
from leadline.errors import ConfigurationError, ConnectorError
from leadline.records.access import viewer_of
from leadline.records.actions import mail
from leadline.records.actions.erase import purge
from leadline.records.actions.mail import Letter, Sent, send_due_mail, wish_for_mail
from leadline.records.models import (
    AgreedAction,
    CalendarFeed,
    Decision,
    GrowthPlan,
    MailWish,
    Person,
    Reminder,
    Source,
)
from leadline.records.queries.dates_ahead import Kind, dates_of
from leadline.records.queries.experiments import KeptClaim, KeptExperiments
from leadline.records.queries.waiting import waiting_for
from leadline.records.snapshots import keep_facts
from leadline.web.feeds import SUMMARIES
from leadline.web.navigation import url_of
from leadline.workspace import Workspace
from tests.connectors.test_delivery import running_mail_server
from tests.web.conftest import (
    HEAD,
    LEAD,
    MEMBER,
    NOW,
    OTHER,
    PARTNER,
    STRANGER,
    TODAY,
    Browsers,
)

SECRET_WORDS = "Mira sleeps badly"
URL = "https://leadline.example"


def agreed(about: str, owner: str, *, due_on: date = TODAY) -> AgreedAction:
    return AgreedAction.objects.create(
        about=about, author=LEAD, owner=owner, text=SECRET_WORDS, due_on=due_on, at=NOW
    )


class Box:
    """Takes letters, as a server does, or refuses them."""

    def __init__(self, error: Exception | None = None, *, only: str = "") -> None:
        self.letters: list[Letter] = []
        self.error, self.only = error, only

    def __call__(self, letter: Letter) -> None:
        if self.error and self.only in letter.to:
            raise self.error
        self.letters.append(letter)


@pytest.fixture
def run(team: Workspace) -> Callable[..., Sent]:
    def sent(box: Box, *, today: date = TODAY, at: datetime = NOW) -> Sent:
        return send_due_mail(team, today=today, at=at, url=URL, send=box)

    return sent


def test_a_mail_says_how_much_waits_and_where_and_nothing_else(
    team: Workspace, run: Callable[..., Sent]
) -> None:
    agreed(MEMBER, MEMBER, due_on=TODAY - timedelta(days=1))
    wish_for_mail(MEMBER, every="day", at=NOW)
    wish_for_mail(LEAD, every="day", at=NOW)
    box = Box()
    assert run(box).n_sent == 2
    texts = {letter.to: letter.text for letter in box.letters}
    assert {letter.subject for letter in box.letters} == {"Leadline, Mon 23 Nov 2026"}
    assert (
        "1 thing waits for you, 1 of them late.\nhttps://leadline.example/waiting/"
        in (texts[MEMBER])
    )
    assert "brief" not in texts[MEMBER]
    assert "Your brief has 7 lines.\nhttps://leadline.example/brief/" in texts[LEAD]
    assert SECRET_WORDS not in str(box.letters)


def test_links_in_a_mail_lead_to_the_pages() -> None:
    """The address book of the pages is the oracle."""
    names = {"brief": mail.BRIEF, "waiting": mail.WAITING, "settings": mail.SETTINGS}
    assert {name: reverse(name) for name in names} == names


def test_nothing_waits_and_no_mail_comes(team: Workspace, run: Callable[..., Sent]) -> None:
    wish_for_mail(MEMBER, every="day", at=NOW)
    wish_for_mail(STRANGER, every="day", at=NOW)
    box = Box()
    assert run(box) == Sent(n_sent=0, n_unsent=0, failures=())
    assert box.letters == []


def test_a_mail_comes_once_a_day(team: Workspace, run: Callable[..., Sent]) -> None:
    agreed(MEMBER, MEMBER)
    wish_for_mail(MEMBER, every="day", at=NOW)
    box = Box()
    assert [run(box).n_sent for _ in range(3)] == [1, 0, 0]
    run(box, today=TODAY + timedelta(days=1))
    assert len(box.letters) == 2


def test_a_server_that_fails_is_told_and_loses_nothing(
    team: Workspace, run: Callable[..., Sent]
) -> None:
    for address in (MEMBER, OTHER):
        agreed(address, address)
        wish_for_mail(address, every="day", at=NOW)
    down = Box(ConnectorError("down", permanent=False))
    assert run(down) == Sent(n_sent=0, n_unsent=2, failures=("down",))
    wrong = Box(ConfigurationError("no address"))
    assert run(wrong) == Sent(n_sent=0, n_unsent=2, failures=("no address",))
    refuses = Box(ConnectorError("who is Mira?", permanent=True), only=MEMBER)
    assert run(refuses) == Sent(n_sent=1, n_unsent=1, failures=("who is Mira?",))
    box = Box()
    assert run(box).n_sent == 1
    assert [letter.to for letter in box.letters] == [MEMBER]


def test_of_two_runs_one_sends_and_a_killed_one_blocks_for_ten_minutes_only(
    team: Workspace, run: Callable[..., Sent]
) -> None:
    agreed(MEMBER, MEMBER)
    wish_for_mail(MEMBER, every="day", at=NOW)
    inner = Box()

    def killed(letter: Letter) -> None:
        assert run(inner).n_sent == 0  # another run at this very moment
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_due_mail(team, today=TODAY, at=NOW, url=URL, send=killed)
    assert run(inner, at=NOW + timedelta(minutes=9)).n_sent == 0
    assert run(inner, at=NOW + timedelta(minutes=11)).n_sent == 1


def test_a_sync_says_on_the_terminal_how_sending_went(
    team: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert send_mail_now(team, today=TODAY)
    assert capsys.readouterr().err == ""  # nobody asked for mail
    wish_for_mail(LEAD, every="day", at=NOW)
    assert send_mail_now(team, today=TODAY)
    assert "LEADLINE_SMTP_URL names no server" in capsys.readouterr().err
    monkeypatch.setenv("LEADLINE_SMTP_URL", "nonsense")
    assert not send_mail_now(team, today=TODAY)
    assert "MAIL NOT SENT, 1 to go" in capsys.readouterr().err
    monkeypatch.setenv("LEADLINE_URL", f"{URL}/")
    with running_mail_server() as (port, kept):
        monkeypatch.setenv("LEADLINE_SMTP_URL", f"smtp://127.0.0.1:{port}")
        assert send_mail_now(team, today=TODAY)
    assert capsys.readouterr().err == "Sent 1 mail.\n"
    assert f"{URL}/brief/" in kept[0]
    assert f"From: {LEAD}" in kept[0]


def test_everybody_says_for_themselves_whether_mail_comes(browser: Browsers) -> None:
    for address in (LEAD, MEMBER, HEAD, PARTNER):
        browser(address).post("/settings/mail/", {"every": "week"})
    assert set(MailWish.objects.values_list("address", flat=True)) == {
        LEAD, MEMBER, HEAD, PARTNER,
    }  # fmt: skip
    shown = browser(MEMBER).get("/settings/").content.decode()
    assert re.search(r'value="week"\s+selected', shown)
    assert "leadline.toml" not in shown
    assert "leadline.toml" in browser(LEAD).get("/settings/").content.decode()
    browser(MEMBER).post("/settings/mail/", {"every": "never"})
    assert not MailWish.objects.filter(address=MEMBER).exists()
    refused = browser(MEMBER).post("/settings/mail/", {"every": "hour"})
    assert refused.status_code == 422


def feed_of(client: Client) -> str:
    shown = client.post("/settings/calendar/").content.decode()
    link = re.search(r"http://testserver(/calendar/[^\"]+\.ics)", shown)
    assert link
    return link[1]


def events_in(content: bytes) -> list[Component]:
    """The file as a program that knows the standard reads it."""
    calendar = Calendar.from_ical(content)
    assert calendar.errors == []
    assert all(not event.errors for event in calendar.walk("VEVENT"))
    return calendar.walk("VEVENT")


def test_a_calendar_opens_without_signing_in_and_shows_days_alone(browser: Browsers) -> None:
    action = agreed(MEMBER, MEMBER)
    Reminder.objects.create(author=MEMBER, text=SECRET_WORDS, on=TODAY, at=NOW)
    Reminder.objects.create(author=OTHER, text=SECRET_WORDS, on=TODAY, at=NOW)
    answer = Client().get(feed_of(browser(MEMBER)))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert SECRET_WORDS not in text
    events = events_in(answer.content)
    assert {str(event["SUMMARY"]) for event in events} <= set(map(str, SUMMARIES.values()))
    assert {event["DTSTART"].dt for event in events} >= {TODAY}
    assert all(event["CLASS"] == "PRIVATE" for event in events)
    uids = [str(event["UID"]) for event in events]
    assert len(set(uids)) == len(uids)
    reminders = [one for one in events if one["SUMMARY"] == str(SUMMARIES[Kind.REMINDER])]
    assert len(reminders) == 1
    action.due_on = TODAY + timedelta(days=3)
    action.save()
    moved = events_in(Client().get(feed_of(browser(MEMBER))).content)
    assert sorted(str(one["UID"]) for one in moved) == sorted(uids)  # moved, not doubled


def test_a_calendar_that_did_not_change_is_not_sent_again(browser: Browsers) -> None:
    agreed(MEMBER, MEMBER)
    address = feed_of(browser(MEMBER))
    first = Client().get(address)
    assert first["Cache-Control"] == "private, no-cache"
    again = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    agreed(MEMBER, MEMBER, due_on=TODAY + timedelta(days=2))
    changed = Client().get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200


def test_a_new_address_ends_the_one_before_and_it_can_be_taken_back(browser: Browsers) -> None:
    first = feed_of(browser(MEMBER))
    second = feed_of(browser(MEMBER))
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    kept = CalendarFeed.objects.get()
    secret = second.removeprefix("/calendar/").removesuffix(".ics")
    assert all(secret not in str(value) for value in vars(kept).values())
    assert secret not in browser(MEMBER).get("/settings/").content.decode()
    browser(OTHER).post("/settings/calendar/take-back/")
    assert Client().get(second).status_code == 200  # another's is not theirs to end
    browser(MEMBER).post("/settings/calendar/take-back/")
    assert Client().get(second).status_code == 404


def test_whoever_left_or_was_purged_has_no_calendar(browser: Browsers, team: Workspace) -> None:
    address = feed_of(browser(MEMBER))
    wish_for_mail(MEMBER, every="day", at=NOW)
    Person.objects.filter(key=MEMBER).update(ends_on=TODAY - timedelta(days=1))
    assert Client().get(address).status_code == 404
    Person.objects.filter(key=MEMBER).update(ends_on=None)
    assert Client().get(address).status_code == 200
    purge(team, MEMBER, at=datetime.now(UTC))
    assert Client().get(address).status_code == 404
    assert not MailWish.objects.exists()
    assert not CalendarFeed.objects.exists()


def test_who_asks_for_calendars_too_often_waits(browser: Browsers) -> None:
    call_command("createcachetable", verbosity=0)
    cache.clear()
    statuses = [Client().get("/calendar/guess.ics").status_code for _ in range(62)]
    assert statuses == [404] * 60 + [429] * 2


def test_each_reads_their_own_dates_and_no_others(team: Workspace) -> None:
    """What each should see is written here by hand, from the list of readers."""
    for pk, (about, days) in enumerate([(MEMBER, 1), (OTHER, 2)], start=1):
        on = TODAY + timedelta(days=days)
        GrowthPlan.objects.create(
            pk=pk, about=about, author=LEAD, gap="x", sign="x", check_on=on, at=NOW
        )
        agreed(about, about, due_on=on)
    agreed(MEMBER, LEAD)
    agreed(OTHER, OTHER, due_on=TODAY - timedelta(days=200))  # told by the pages
    Decision.objects.create(
        project="", text="x", decided_on=TODAY, revisit_on=TODAY, author=LEAD, at=NOW
    )

    def seen(address: str) -> set[tuple[Kind, str]]:
        viewer = viewer_of(team, address, today=TODAY)
        assert viewer
        return {
            (one.kind, url_of(one.page))
            for one in dates_of(team, viewer, today=TODAY)
            if one.kind in {Kind.ACTION, Kind.LOOK_AGAIN, Kind.DECISION}
        }

    decision = (Kind.DECISION, "/projects/")
    plans = {
        one: (Kind.LOOK_AGAIN, reverse("growth-page", args=[one])) for one in (MEMBER, OTHER)
    }
    actions = {one: (Kind.ACTION, reverse("one-on-one", args=[one])) for one in (MEMBER, OTHER)}
    assert seen(LEAD) == {decision, *plans.values(), actions[MEMBER]}
    assert seen(MEMBER) == {decision, plans[MEMBER], actions[MEMBER]}
    assert seen(OTHER) == {decision, plans[OTHER], actions[OTHER]}
    assert seen(HEAD) == {decision}
    assert seen(PARTNER) == set()


def test_a_planned_end_is_dated_until_a_table_says_that_it_concluded(team: Workspace) -> None:
    """Read by those who read experiments; the lead decides once the weeks are over."""

    def plan(name: str, ends_on: date | None) -> None:
        source = Source.objects.create(kind=Source.Kind.EXPERIMENTS, name=name, place=name)
        keep_facts(
            source, KeptExperiments(today=TODAY, findings=(), name=name, ends_on=ends_on)
        )

    def seen(address: str) -> tuple[set[tuple[str, date]], list[tuple[str, date]]]:
        viewer = viewer_of(team, address, today=TODAY)
        assert viewer
        dated = dates_of(team, viewer, today=TODAY)
        waiting = waiting_for(viewer, today=TODAY)
        return (
            {(one.page, one.on) for one in dated if one.kind is Kind.EXPERIMENT},
            [(one.text, one.since) for one in waiting if one.kind == "experiment to decide"],
        )

    yesterday, later = TODAY - timedelta(days=1), TODAY + timedelta(days=9)
    plan("plans/over.toml", yesterday)
    plan("plans/on.toml", later)
    plan("plans/open.toml", None)
    ends = {("readout:plans-over.toml", yesterday), ("readout:plans-on.toml", later)}
    assert seen(LEAD) == (ends, [("plans/over.toml", TODAY)])
    assert seen(MEMBER) == (ends, [])
    assert seen(HEAD) == (ends, [])
    assert seen(PARTNER) == (set(), [])
    table = Source.objects.create(kind=Source.Kind.EXPERIMENTS, name="t.csv", place="t.csv")
    claim = KeptClaim(
        experiment="plans/over.toml", project="", metric="m", arm="a", control="c", n_obs=2,
        change=None, effect=None, believed=None, lower=None, upper=None,
        concluded_on=yesterday, is_claimed=False, is_shipped=False, stands=False, reasons=(),
    )  # fmt: skip
    keep_facts(table, KeptExperiments(today=TODAY, findings=(), claims=(claim,)))
    assert seen(LEAD) == ({("readout:plans-on.toml", later)}, [])


def test_probation_dates_are_the_leads_and_the_persons(team: Workspace) -> None:
    def talks(address: str) -> set[tuple[date, str]]:
        viewer = viewer_of(team, address, today=TODAY)
        assert viewer
        return {
            (one.on, one.page)
            for one in dates_of(team, viewer, today=TODAY)
            if one.kind is Kind.TALK
        }

    of_lead = talks(LEAD)
    people = {page.removeprefix("growth:") for _, page in of_lead}
    assert people
    for person in people:
        assert talks(person) == {one for one in of_lead if one[1] == f"growth:{person}"}
    assert talks(PARTNER) == talks(HEAD) == set()
