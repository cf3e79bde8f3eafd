"""Browsers without a browser: the made-up team, read once, seen by each role."""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction
from django.template import Node, engines
from django.test import Client
from pytest_django import Settings

from leadline.connectors.people import read_people
from leadline.demo import build
from leadline.records.actions.roster import RosterRow, store_roster
from leadline.records.actions.sync import sync
from leadline.records.models import Reading, Snapshot, Source
from leadline.web.adapters import account_of
from leadline.workspace import Workspace, find_workspace

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LEAD, MEMBER, OTHER = "ines@harbour.example", "mira@harbour.example", "otto@harbour.example"
HEAD, PARTNER = "admiral@harbour.example", "pat@harbour.example"
STRANGER = "nobody@elsewhere.example"


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up team's files, with a head and a people partner named."""
    folder = build(tmp_path_factory.mktemp("web") / "team", today=TODAY)
    file = folder / "leadline.toml"
    text = file.read_text(encoding="utf-8")
    access = f'[access]\nhead = ["{HEAD}"]\npeople_partner = ["{PARTNER}"]\n'
    file.write_text(f"{text}\n{access}", encoding="utf-8")
    return folder


class Missing:
    """Takes the place of the empty text that Django shows where a variable is not there.

    In a template of ours that is a fault, such as a renamed attribute; the libraries' own
    templates count on it.
    """

    def __contains__(self, text: str) -> bool:
        """Say that it wants to know of which variable it takes the place."""
        return True

    def __mod__(self, variable: object) -> str:
        """Refuse to show nothing."""
        frame = inspect.currentframe()
        while frame and not isinstance(frame.f_locals.get("self"), Node):
            frame = frame.f_back
        place = frame.f_locals["self"].origin.name if frame else ""
        if "leadline/web/templates" in place:
            raise LookupError(f"{place} shows {variable}, which is not there")
        return ""


@pytest.fixture(autouse=True)
def _no_variable_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever page any test opens: a variable that is not there is a fault."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", Missing())


@pytest.fixture(autouse=True)
def _passwords_are_worked_out_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """By Django's own way, in one round where users get a million: no test looks at them."""
    monkeypatch.setattr(PBKDF2PasswordHasher, "iterations", 1)


@pytest.fixture
def serve(tmp_path: Path, settings: Settings) -> Callable[[Path], Workspace]:
    """Make this process serve a workspace on the story's day."""

    def served(folder: Path) -> Workspace:
        settings.LEADLINE_WORKSPACE = folder
        settings.LEADLINE_TODAY = TODAY.isoformat()
        settings.ALLOWED_HOSTS = ["testserver"]
        settings.STORAGES = {
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        }
        settings.STATIC_ROOT = tmp_path / "static"
        settings.STATIC_ROOT.mkdir()
        found = find_workspace(folder)
        found.cache.mkdir(parents=True, exist_ok=True)
        return found

    return served


@pytest.fixture(scope="session")
def parsed_calendar(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What reading the calendar leaves in a workspace's cache, for those who read it again."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def team(
    made_up: Path,
    parsed_calendar: Path,
    tmp_path: Path,
    serve: Callable[[Path], Workspace],
    db: None,
) -> Workspace:
    """The made-up team with only the sources that are quick to read: people and calendar."""
    folder = tmp_path / "team"
    folder.mkdir()
    for name in ("people.csv", "lead.ics"):
        shutil.copy(made_up / name, folder / name)
    text = (made_up / "leadline.toml").read_text(encoding="utf-8")
    before, after = text.partition("[[experiments]]")[0], text.partition("[access]")[2]
    (folder / "leadline.toml").write_text(f"{before}[access]{after}", encoding="utf-8")
    workspace = serve(folder)
    shutil.copytree(parsed_calendar, workspace.cache, dirs_exist_ok=True)
    sync(workspace, at=NOW)
    shutil.copytree(workspace.cache, parsed_calendar, dirs_exist_ok=True)
    return workspace


class OldLinks(Client):
    """Follows a link of before, with an e-mail address in it, to the page's address now."""

    def get(self, path: str, *args: Any, **kwargs: Any) -> Any:
        """Return the page that is there now."""
        answer = super().get(path, *args, **kwargs)
        if "@" in path and answer.status_code == 302 and "@" not in answer["Location"]:
            return super().get(answer["Location"], *args, **kwargs)
        return answer


class Browsers:
    """One signed-in client a role."""

    def __init__(self) -> None:
        self.clients: dict[str, Client] = {}

    def __call__(self, address: str = "") -> Client:
        """Return a client signed in as an address; nobody without one."""
        if address not in self.clients:
            client = OldLinks()
            if address:
                client.force_login(account_of(address))
            self.clients[address] = client
        return self.clients[address]


@pytest.fixture
def browser(team: Workspace) -> Browsers:
    """Clients on the made-up team."""
    return Browsers()


@pytest.fixture(scope="session")
def read_team(
    made_up: Path, tmp_path_factory: pytest.TempPathFactory, django_db_setup, django_db_blocker
) -> tuple[Path, list[tuple[str, str, str]]]:
    """The made-up team with every source read once; its snapshots, for tests to start from."""
    folder = Path(shutil.copytree(made_up, tmp_path_factory.mktemp("read") / "team"))
    workspace = find_workspace(folder)
    workspace.cache.mkdir(parents=True)
    with django_db_blocker.unblock(), transaction.atomic():
        sync(workspace, at=NOW)
        rows = [
            (one.source.kind, one.source.name, one.facts)
            for one in Snapshot.objects.select_related("source")
        ]
        transaction.set_rollback(True)
    return folder, rows


@pytest.fixture
def work(
    read_team: tuple[Path, list[tuple[str, str, str]]],
    serve: Callable[[Path], Workspace],
    db: None,
) -> Workspace:
    """The made-up team as it stands after its sources were read; its folder is shared."""
    folder, rows = read_team
    for kind, name, facts in rows:
        source = Source.objects.create(kind=kind, name=name, place=name)
        Snapshot.objects.create(source=source, facts=facts)
        Reading.objects.create(source=source, started_at=NOW, ended_at=NOW, outcome="read")
    file = read_people(folder / "people.csv")
    store_roster([RosterRow(person=one, place="people.csv") for one in file.people], at=NOW)
    return serve(folder)


@pytest.fixture
def at_work(work: Workspace) -> Browsers:
    """Clients on the made-up team with all its work."""
    return Browsers()
