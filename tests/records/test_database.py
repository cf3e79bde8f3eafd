"""A workspace's database: made by itself, by one process at a time, private."""

from __future__ import annotations

import os
import signal
import stat
import time
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from leadline.errors import ConfigurationError
from leadline.records import database
from leadline.records.database import open_database
from leadline.settings import postgresql_database, sqlite_database
from leadline.workspace import Workspace
from tests.processes import environment, run, start

on_sqlite = pytest.mark.skipif(
    "LEADLINE_DATABASE_URL" in os.environ, reason="about the SQLite file"
)


@pytest.mark.django_db
def test_opening_makes_a_folder_that_only_its_owner_and_not_git_sees(
    workspace: Workspace,
) -> None:
    workspace.cache.rmdir()
    workspace.state.rmdir()
    open_database(workspace)
    assert stat.S_IMODE(workspace.state.stat().st_mode) == 0o700
    assert (workspace.state / ".gitignore").read_text() == "*\n"
    assert workspace.cache.is_dir()


@pytest.mark.django_db
def test_a_database_of_a_newer_leadline_is_refused(workspace: Workspace) -> None:
    MigrationRecorder(connection).record_applied("records", "9999_tomorrow")
    with pytest.raises(ConfigurationError, match=r"newer Leadline .*9999_tomorrow"):
        open_database(workspace)


@on_sqlite
@pytest.mark.parametrize(("locked", "opens"), [(2, True), (100, False)])
def test_a_file_that_is_just_being_made_is_tried_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, locked: int, opens: bool
) -> None:
    tries: list[int] = []

    def migrate() -> None:
        tries.append(1)
        if len(tries) <= locked:
            raise OperationalError("database is locked")

    monkeypatch.setattr(database, "_migrate", migrate)
    monkeypatch.setattr(database.connection, "close", lambda: None)
    monkeypatch.setattr(database, "PAUSE", 0.0)
    if opens:
        open_database(workspace)
    else:
        with pytest.raises(ConfigurationError, match="database is locked"):
            open_database(workspace)
    assert len(tries) == min(locked + 1, database.TRIES)


def test_two_processes_may_open_a_new_workspace_at_once(workspace: Workspace) -> None:
    variables = environment()
    both = [
        start("cost", "--json", folder=workspace.folder, variables=variables) for _ in range(3)
    ]
    ends = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0, 0], ends


@pytest.mark.slow
def test_a_process_killed_while_it_makes_the_tables_leaves_nothing_half_made(
    workspace: Workspace,
) -> None:
    variables = environment()
    for delay in (0.2, 0.3, 0.4, 0.5):
        process = start("cost", folder=workspace.folder, variables=variables)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    end = run("cost", "--json", folder=workspace.folder, variables=variables)
    assert end.returncode == 0, end.stderr


@on_sqlite
def test_a_database_that_cannot_be_opened_is_an_error_in_words(workspace: Workspace) -> None:
    (workspace.state / "leadline.sqlite3").mkdir()
    end = run("cost", folder=workspace.folder)
    assert end.returncode == 2
    assert "cannot be used" in end.stderr
    assert "Traceback" not in end.stderr


def test_a_server_that_is_not_there_is_an_error_in_words_without_its_password(
    workspace: Workspace,
) -> None:
    url = "postgresql://lead:sesame@localhost:1/team"
    variables = {**os.environ, "LEADLINE_DATABASE_URL": url}
    end = run("cost", folder=workspace.folder, variables=variables)
    assert end.returncode == 2
    assert "cannot be used" in end.stderr
    assert "sesame" not in end.stderr


def test_a_url_is_taken_apart_into_the_settings_of_postgresql() -> None:
    url = "postgresql://lead%40team:p%2Fw@db.example:5433/leadline?sslmode=require"
    settings = postgresql_database(url)
    assert settings["USER"] == "lead@team"
    assert settings["PASSWORD"] == "p/w"
    assert (settings["HOST"], settings["PORT"]) == ("db.example", "5433")
    assert settings["NAME"] == "leadline"
    assert settings["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize("url", ["mysql://lead:sesame@host/team", "postgresql://host", "team"])
def test_a_url_of_something_else_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        postgresql_database(url)
    assert "sesame" not in str(caught.value)


def test_sqlite_waits_for_other_writers() -> None:
    options = sqlite_database(Path("/somewhere"))["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 30
