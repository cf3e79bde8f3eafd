"""A workspace at full size: ten years, twelve reports, 200 projects, 2,000 experiments.

Grown from the made-up team, so that each row has the shape that a reading gives it.
"""

# ruff: noqa: PLC0415 - Django is set up between the imports
from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LEAD, HEAD, PARTNER = "ines@harbour.example", "admiral@harbour.example", "pat@harbour.example"
N_PEOPLE, N_REPORTS, N_PROJECTS, N_EXPERIMENTS, N_WEEKS = 50, 12, 200, 2_000, 520


HALF_AN_HOUR = timedelta(minutes=30)
MADE_UP = ("search-ranking", "ad-geo-match", "listing-quality")
COLUMNS = (
    "experiment", "project", "started_on", "ended_on", "variant", "users", "contacts_mean",
    "contacts_sd", "shipped",
)  # fmt: skip


def address(n: int) -> str:
    """Return the address of one of the people; the first ones are the lead's reports."""
    return f"person{n:02d}@harbour.example"


def make_files(folder: Path) -> Path:
    """Write the files of the workspace: people, experiments, and where they are."""
    from leadline.demo import build

    made = build(folder, today=TODAY)
    with (made / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "emails", "start_on", "country", "role", "level", "lead"])
        for n in range(N_PEOPLE - 1):
            lead = LEAD if n < N_REPORTS else address(n % N_REPORTS)
            start = TODAY - timedelta(days=100 + 37 * n)
            rows.writerow(
                [f"Person {n:02d} Tide", address(n), start, "DE", "analyst", "senior", lead]
            )
    _experiments(made / "experiments.csv")
    file = made / "leadline.toml"
    text = file.read_text(encoding="utf-8")
    access = f'\n[access]\nhead = ["{HEAD}"]\npeople_partner = ["{PARTNER}"]\n'
    file.write_text(text + access, encoding="utf-8")
    return made


def _experiments(file: Path) -> None:
    chance = np.random.default_rng(7)
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        for n in range(N_EXPERIMENTS):
            end = TODAY - timedelta(days=1 + (n * 3640) // N_EXPERIMENTS)
            for variant, gain in (("control", 0.0), ("treatment", chance.normal(0.01, 0.04))):
                mean = 1.4 + gain + chance.normal(0, 0.02)
                name, begin = f"change-{n:04d}", end - timedelta(days=14)
                numbers = (4200, f"{mean:.5f}", "1.62", str(gain > 0.02).lower())
                rows.writerow([name, _project(n % N_PROJECTS), begin, end, variant, *numbers])


def _project(n: int) -> str:
    return (
        ("search-ranking", "ad-geo-match", "listing-quality")[n] if n < 3 else f"work-{n:03d}"
    )


def grow() -> None:
    """Fill the database of the workspace, after its sources were read once."""
    _repositories()
    _readings()
    _calendar()
    _talks()
    _notes()


def _repositories() -> None:
    from leadline.records.models import Source
    from leadline.records.queries.repositories import RepositoryFacts
    from leadline.records.snapshots import keep_facts, load_facts

    kept = list(load_facts(Source.Kind.GIT, RepositoryFacts).values())
    for n in range(3, N_PROJECTS):
        model, name = kept[n % len(kept)], _project(n)
        facts = replace(
            model,
            projects=tuple(
                replace(one, name=name, slug=name, repository=name)
                for one in model.projects[:1]
            ),
        )
        source = Source.objects.create(kind=Source.Kind.GIT, name=name, place=name)
        keep_facts(source, facts)


def _readings() -> None:
    """Let each source have been read as often as readings are kept."""
    from leadline.records.actions.readings import KEPT_READINGS
    from leadline.records.models import Reading, Source

    Reading.objects.bulk_create(
        Reading(
            source=source, started_at=at, ended_at=at, outcome="read",
            summary="4,210 commits by 14 people since 2016", notes=["3 addresses nobody knows"],
        )
        for at in (NOW - timedelta(days=KEPT_READINGS - n) for n in range(KEPT_READINGS))
        for source in Source.objects.all()
    )  # fmt: skip


def _calendar() -> None:
    from leadline.practice.meetings import Meeting
    from leadline.records.models import Source
    from leadline.records.queries.team import CalendarFacts
    from leadline.records.snapshots import keep_facts

    source = Source.objects.get(kind=Source.Kind.CALENDAR)
    meetings = [
        Meeting(
            uid=f"talk-{n}", series=f"talk-{n}", starts_at=at, ends_at=at + HALF_AN_HOUR,
            title=f"Person {n:02d} / Ines", kind="one-on-one", kind_reason="attendees",
            report=address(n), attendees=(address(n),), source="lead.ics", line=1,
        )
        for n, at in _each_talk()
    ]  # fmt: skip
    meetings.sort(key=lambda one: one.starts_at)
    keep_facts(source, CalendarFacts(meetings=tuple(meetings), shows_busy_times_only=False))


def _each_talk() -> Iterator[tuple[int, datetime]]:
    for week in range(-N_WEEKS, 8):
        for n in range(N_REPORTS):
            yield n, NOW + timedelta(weeks=week, days=n % 5, hours=n // 5)


def _talks() -> None:
    from leadline.records.models import AgendaPoint, AgreedAction, Feedback, PrivateNote

    past = [(n, at) for n, at in _each_talk() if at < NOW]
    recent = NOW - timedelta(weeks=3)
    points, actions, notes, feedback = [], [], [], []
    for n, at in past:
        about, closed = address(n), None if at > recent else at
        author = about if n % 2 else LEAD
        said = f"What holds the week of {at:%d %B %Y} back, and what we try instead"
        points.append(
            AgendaPoint(about=about, author=author, text=said, at=at, closed_at=closed)
        )
        actions.append(
            AgreedAction(
                about=about, author=LEAD, owner=author, text=said, at=at, done_at=closed,
                due_on=at.date() + timedelta(days=7),
            )
        )  # fmt: skip
        notes.append(PrivateNote(about=about, author=LEAD, text=said, at=at))
        if (at - NOW).days % 28 < 7:
            feedback.append(
                Feedback(
                    about=about, author=LEAD, situation=said, behaviour=said, impact=said,
                    question="How do you see it?", at=at, shared_at=at, answer="I see",
                    answered_at=at,
                )
            )  # fmt: skip
    AgendaPoint.objects.bulk_create(points)
    AgreedAction.objects.bulk_create(actions)
    PrivateNote.objects.bulk_create(notes)
    Feedback.objects.bulk_create(feedback)


def _notes() -> None:
    from leadline.records.actions.brief import make_brief
    from leadline.records.models import Assumption, Brief, Decision, Idea, SensitiveRead
    from leadline.web.workspaces import current_workspace

    assumptions, ideas, decisions = [], [], []
    for n in range(N_PROJECTS * 10):
        common = {"project": _project(n % N_PROJECTS), "author": address(n % 49), "at": NOW}
        said = f"Users read line {n} of the page before they decide anything"
        on = TODAY - timedelta(days=n // 2)
        assumptions.append(Assumption(text=said, confidence="likely", **common))
        ideas.append(Idea(text=said, condition="the table has it", **common))
        decisions.append(Decision(text=said, reversible="easily", decided_on=on, **common))
    Assumption.objects.bulk_create(assumptions)
    Idea.objects.bulk_create(ideas)
    Decision.objects.bulk_create(decisions)
    SensitiveRead.objects.bulk_create(
        SensitiveRead(
            reader=LEAD, about=address(n % N_REPORTS), what="one-on-one",
            at=NOW - timedelta(days=1 + n // N_REPORTS),
        )
        for n in range(3_000)
    )  # fmt: skip
    make_brief(current_workspace(), today=TODAY)
    lines = list(Brief.objects.get(on=TODAY).lines.all())
    for back in range(1, N_WEEKS):
        older = Brief.objects.create(on=TODAY - timedelta(weeks=back), made_at=NOW)
        for line in lines:
            line.pk, line.brief = None, older
        older.lines.bulk_create(lines)


def prepare(folder: Path) -> None:
    """Make everything: files, tables, readings, growth. Django is set up after this."""
    make_files(folder)
    os.environ["LEADLINE_WORKSPACE"] = str(folder)
    os.environ["LEADLINE_TODAY"] = TODAY.isoformat()
    os.environ["DJANGO_SETTINGS_MODULE"] = "leadline.web.settings"
    from django.core.management import call_command
    from django.db import transaction

    from leadline.records.database import open_database
    from leadline.workspace import find_workspace

    workspace = find_workspace(folder)
    open_database(workspace)
    from leadline.records.actions.sync import sync

    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    sync(workspace, at=NOW)
    with transaction.atomic():
        grow()
