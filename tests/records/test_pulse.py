"""The pulse deanonymises nobody: this file attacks it, or fails."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from leadline.errors import InputError
from leadline.practice.pulse import LEVELS, STATEMENTS
from leadline.records.actions.pulse import answer_round, launch_round, promise, release_rounds
from leadline.records.models import (
    PulseCount,
    PulseInvitation,
    PulseRound,
    TypedInput,
)
from leadline.records.queries.pulse import last_shown, n_answered, results_of, round_pages
from tests.records.people import INES, LUCA, NOW, TEAM, TODAY

pytestmark = pytest.mark.django_db
CLOSES = date(2026, 11, 30)
AFTER = date(2026, 12, 1)


def launched(team: Sequence[str] = TEAM) -> PulseRound:
    return launch_round(team=team, by=INES, closes_on=CLOSES, today=TODAY, at=NOW)


def say(running: PulseRound, who: str, level: int, **other: int) -> None:
    levels = dict.fromkeys(STATEMENTS, level) | other
    answer_round(running, by=[who], levels=levels, today=TODAY)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Dump every table of records as whoever owns the database sees it."""
    hidden = "rowid, " if connection.vendor == "sqlite" else "ctid::text, "
    dump = {}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("records").get_models():
            table = model._meta.db_table
            cursor.execute(f"SELECT {hidden}* FROM {table}")
            dump[table] = sorted(cursor.fetchall(), key=repr)
    return dump


def test_who_said_what_in_which_order_changes_not_one_byte_of_the_state() -> None:
    """Oracle: the attack. If two histories leave the same rows, no row tells them apart."""
    answers = (0, 1, 2, 3, 4)
    states = []
    for who_said, order in zip(
        list(permutations(answers))[::40], list(permutations(TEAM))[::40], strict=True
    ):
        running = launched()
        said = dict(zip(TEAM, who_said, strict=True))
        for person in order:
            say(running, person, said[person], heard=4 - said[person])
        state = everything()
        if connection.vendor == "sqlite":
            states.append(state)
        PulseCount.objects.all().delete()
        PulseRound.objects.all().delete()
        reset_sequences()
    assert len(states) in {0, 3}
    assert all(state == states[0] for state in states)


def reset_sequences() -> None:
    """Let the next round get the same keys as this one, so that states can be compared."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name LIKE 'records_pulse%'")


def test_an_answer_writes_every_row_of_its_round_anew() -> None:
    """So that no hidden mark of the database (PostgreSQL's xmin) shows who came last."""
    running = launched()
    for level, who in enumerate(TEAM):
        say(running, who, level)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (PulseCount, PulseInvitation):
                table = model._meta.db_table
                cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table}")
                assert cursor.fetchone() == (1,)
    assert n_answered(running) == 5


def test_no_column_links_a_count_to_a_person_a_time_or_an_order() -> None:
    columns = {field.name for field in PulseCount._meta.concrete_fields}
    assert columns == {"id", "round", "statement", "level", "count"}
    columns = {field.name for field in PulseInvitation._meta.concrete_fields}
    assert columns == {"id", "round", "address", "answered"}
    pointing = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("records").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and field.related_model in (PulseCount, PulseInvitation)
    ]
    assert pointing == []


def test_an_answer_is_not_metered() -> None:
    running = launched()
    say(running, LUCA, 2)
    assert not TypedInput.objects.exists()


def test_after_the_round_nobody_can_see_who_answered() -> None:
    running = launched()
    for who in TEAM:
        say(running, who, 3)
    release_rounds(today=AFTER)
    assert not running.invitations.filter(answered=True).exists()


def test_too_few_answers_are_deleted_and_never_shown() -> None:
    running = launched()
    for who in TEAM[:4]:
        say(running, who, 3)
    assert results_of(running, today=AFTER).answers == ()
    release_rounds(today=AFTER)
    assert not PulseCount.objects.exists()
    assert results_of(running, today=AFTER).withheld.startswith("Fewer than 5")


def test_results_wait_for_the_last_day_also_when_all_have_answered() -> None:
    running = launched()
    for who in TEAM:
        say(running, who, 3)
    assert results_of(running, today=CLOSES).answers == ()
    shown = results_of(running, today=AFTER).answers
    assert [answer.counts for answer in shown] == [(0, 0, 0, 5, 0)] * 5


def test_everybody_answers_once_and_everything() -> None:
    running = launched()
    say(running, LUCA, 1)
    with pytest.raises(InputError, match="you have answered this round, or were not asked"):
        say(running, LUCA, 2)
    with pytest.raises(InputError, match="were not asked"):
        say(running, "stranger@harbour.example", 2)
    with pytest.raises(InputError, match="each of the 5 statements"):
        answer_round(running, by=[TEAM[0]], levels={"time": 1}, today=TODAY)
    with pytest.raises(InputError, match="each of the 5 statements"):
        say(running, TEAM[0], len(LEVELS))
    with pytest.raises(InputError, match="closed on 2026-11-30"):
        answer_round(running, by=[TEAM[0]], levels={}, today=AFTER)
    assert n_answered(running) == 1


def test_one_round_at_a_time_and_the_threshold_is_frozen() -> None:
    running = launched()
    assert running.threshold == 5
    with pytest.raises(InputError, match="a round is running"):
        launched()


def test_a_promise_is_asked_about_once_and_confirmed_by_the_team() -> None:
    first = launched()
    for who in TEAM:
        say(first, who, 1)
    with pytest.raises(InputError, match="runs until"):
        promise(first, by=INES, text="agendas a day before", today=TODAY, at=NOW)
    promise(first, by=INES, text="agendas a day before", today=AFTER, at=NOW)
    shown = last_shown(today=AFTER)
    assert shown is not None
    assert (shown.promised_on, shown.confirmed_on) == (TODAY, None)
    second = launch_round(
        team=TEAM, by=INES, closes_on=AFTER + timedelta(days=7), today=AFTER, at=NOW
    )
    for who in TEAM:
        levels = dict.fromkeys([*STATEMENTS, "confirms"], 4)
        answer_round(second, by=[who], levels=levels, today=AFTER)
    later = AFTER + timedelta(days=8)
    newest, oldest = round_pages(today=later)
    assert (newest.confirmed, oldest.confirmed) == (True, None)
    assert newest.results.answers[-1].statement.endswith("“agendas a day before”")


SCRIPT = """
from datetime import date, datetime, timezone
from pathlib import Path
from leadline.records.database import open_database
from leadline.workspace import find_workspace
workspace = find_workspace(Path.cwd())
open_database(workspace)
from leadline.practice.pulse import STATEMENTS
from leadline.records.actions.pulse import answer_round, launch_round
team = [f"{name}@harbour.example" for name in ("a", "b", "c", "d", "e")]
at = datetime(2026, 11, 23, tzinfo=timezone.utc)
on = date(2026, 11, 23)
last = date(2026, 11, 30)
running = launch_round(team=team, by="i@h.example", closes_on=last, today=on, at=at)
journal = Path(".leadline/leadline.sqlite3-wal")
for level, who in enumerate(team):
    answer_round(running, by=[who], levels=dict.fromkeys(STATEMENTS, level), today=on)
    print(journal.stat().st_size if journal.exists() else 0)
"""


@pytest.mark.slow
@pytest.mark.skipif("LEADLINE_DATABASE_URL" in os.environ, reason="the journal is SQLite's")
def test_the_journal_on_disk_keeps_no_state_before_an_answer(tmp_path: Path) -> None:
    (tmp_path / "leadline.toml").write_text(
        '[lead]\nname = "I"\nemails = ["i@h.example"]\n', encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["0"] * 5


@pytest.mark.django_db(transaction=True)
def test_the_journal_is_emptied_on_every_database() -> None:
    """The real commit, with what follows it: SQLite's checkpoint, PostgreSQL's vacuum."""
    running = launched()
    say(running, LUCA, 2)
    say(running, TEAM[0], 4)
    assert n_answered(running) == 2
