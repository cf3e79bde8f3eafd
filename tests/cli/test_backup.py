"""A backup is one file; the original is destroyed and made again, on either database."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.processes import environment, run

SECRET = "a note that only Ines reads"
MIRA = "mira@harbour.example"
WRITE = f"""
from datetime import UTC, datetime
from pathlib import Path
from leadline.cli.workspaces import open_workspace, use_web_tables
use_web_tables()
open_workspace(Path())
from django.contrib.auth.models import User
from leadline.records.actions import one_on_ones
from leadline.records.models import Source, Reading, Brief
at = datetime(2026, 11, 23, 8, 0, 0, 123456, tzinfo=UTC)
one_on_ones.write_note("{MIRA}", by="ines@harbour.example", text="{SECRET}", at=at)
one_on_ones.add_point("{MIRA}", by="{MIRA}", text="ünïcode \\n 'quoted' %s", at=at)
source = Source.objects.create(kind="git", name="x", place="y")
Reading.objects.create(source=source, started_at=at, outcome="read", notes=["a", {{"b": None}}])
User.objects.create(username="{MIRA}", email="{MIRA}", is_active=True)
"""
SHOW = """
from pathlib import Path
from leadline.cli.workspaces import open_workspace, use_web_tables
use_web_tables()
open_workspace(Path())
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from leadline.records.models import AgendaPoint, PrivateNote, Reading, Source
import json
note, point = PrivateNote.objects.get(), AgendaPoint.objects.get()
reading = Reading.objects.get()
new = Source.objects.create(kind="git", name="new", place="z")
print(json.dumps([note.text, note.at.isoformat(), point.text, point.closed_at, reading.notes,
    reading.source.name, User.objects.get().is_active, new.pk > reading.source.pk]))
"""


class Place:
    """A workspace with records of several kinds, and everything needed to destroy it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables = environment()
        self.variables.pop("LEADLINE_SEALING_KEYS")

    def python(self, code: str) -> str:
        end = subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.folder, env=self.variables, text=True, capture_output=True, check=False,
        )  # fmt: skip
        assert end.returncode == 0, end.stderr
        return end.stdout

    def __call__(self, *arguments: str, code: int = 0) -> str:
        end = run(*arguments, folder=self.folder, variables=self.variables)
        assert "Traceback" not in end.stderr, end.stderr
        assert end.returncode == code, end.stderr
        return end.stdout + end.stderr

    def destroy(self) -> None:
        """Lose the folder and the database, but not the key that was kept apart."""
        kept = (self.folder / ".leadline" / "sealing.keys").read_bytes()
        shutil.rmtree(self.folder)
        self.folder.mkdir()
        self.kept = kept
        url = self.variables.get("LEADLINE_DATABASE_URL")
        if url:
            name = urlsplit(url).path[1:]
            with psycopg.connect(
                os.environ["LEADLINE_DATABASE_URL"], autocommit=True
            ) as server:
                server.execute(f'DROP DATABASE "{name}"'.encode())
                server.execute(f'CREATE DATABASE "{name}"'.encode())

    def put_key_back(self) -> None:
        state = self.folder / ".leadline"
        state.mkdir(mode=0o700, exist_ok=True)
        (state / "sealing.keys").touch(mode=0o600)
        (state / "sealing.keys").write_bytes(self.kept)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    folder = tmp_path / "team"
    folder.mkdir()
    text = '[lead]\nname = "Ines Marlow"\nemails = ["ines@harbour.example"]\n'
    (folder / "leadline.toml").write_text(f'{text}[people]\nfile = "people.csv"\n')
    (folder / "people.csv").write_text("name,emails\nMira Quay,mira@harbour.example\n")
    return Place(folder)


EXPECTED = [
    SECRET, "2026-11-23T08:00:00.123456+00:00", "ünïcode \n 'quoted' %s", None,
    ["a", {"b": None}], "x", True, True,
]  # fmt: skip


@pytest.mark.slow
def test_what_was_destroyed_is_there_again(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "monday.leadline"
    place.python(WRITE)
    printed = place("backup", str(file))
    assert "sealing.keys" in printed
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    _opens_no_sealed_text_and_signs_nobody_in(file, place)
    assert "is there already" in place("backup", str(file), code=2)
    place.destroy()
    printed = place("restore", str(file))
    assert "their key is not there" in printed
    place.put_key_back()
    assert "1 text open" in place("keys")
    assert json.loads(place.python(SHOW)) == EXPECTED
    assert (place.folder / "people.csv").read_text().endswith("mira@harbour.example\n")
    # A second restoration would overwrite, and says so; with --force it does.
    assert "there already" in place("restore", str(file), code=2)
    place("restore", str(file), "--force")
    assert json.loads(place.python(SHOW)) == EXPECTED


def _opens_no_sealed_text_and_signs_nobody_in(file: Path, place: Place) -> None:
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    key = (place.folder / ".leadline" / "sealing.keys").read_bytes().strip()
    assert not any(SECRET.encode() in content or key in content for content in held.values())
    assert "tables/sessions.Session.jsonl" not in held
    assert held["files/leadline.toml"] == (place.folder / "leadline.toml").read_bytes()


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy of a backup with something changed."""
    with zipfile.ZipFile(file) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    change(held)
    new = file.with_name("changed.leadline")
    with zipfile.ZipFile(new, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return new


def rehashed(held: dict[str, bytes], **values: object) -> None:
    manifest = json.loads(held["manifest.json"]) | values
    manifest["hashes"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in held.items()
        if name != "manifest.json"
    }
    held["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.slow
def test_what_is_damaged_newer_or_hostile_is_refused_and_changes_nothing(
    place: Place, tmp_path: Path
) -> None:
    file = tmp_path / "monday.leadline"
    place.python(WRITE)
    place("backup", str(file))

    def refused(change: Callable[[dict[str, bytes]], None], words: str) -> None:
        new = rewritten(file, change)
        assert words in place("restore", str(new), "--force", code=2)

    def one_byte(held: dict[str, bytes]) -> None:
        held["tables/records.AgendaPoint.jsonl"] = b"[]\n"

    def newer(held: dict[str, bytes]) -> None:
        migrations = json.loads(held["manifest.json"])["migrations"]
        rehashed(held, migrations=[*migrations, ["records", "9999_tomorrow"]])

    def outside(held: dict[str, bytes]) -> None:
        held["files/../../escaped"] = b"x"
        rehashed(held, files=["leadline.toml", "people.csv", "../../escaped"])

    refused(one_byte, "is damaged")
    refused(newer, "newer")
    refused(outside, "list of contents is wrong")
    refused(lambda held: rehashed(held, format=2), "Upgrade Leadline")
    assert not (tmp_path.parent / "escaped").exists()
    torn = tmp_path / "torn.leadline"
    torn.write_bytes(file.read_bytes()[:-200])
    assert "no whole backup" in place("restore", str(torn), "--force", code=2)
    assert json.loads(place.python(SHOW)) == EXPECTED


@pytest.mark.slow
def test_a_backup_of_an_older_leadline_is_brought_up_to_date(
    place: Place, tmp_path: Path
) -> None:
    """As `0001_first` left the tables, before links, notes and feedback were there."""
    file = tmp_path / "monday.leadline"
    place("sync")
    place("backup", str(file))

    def older(held: dict[str, bytes]) -> None:
        manifest = json.loads(held["manifest.json"])
        kept = [table for table in manifest["tables"] if table["model"] == "records.Person"]
        for name in [name for name in held if name.startswith("tables/")]:
            if name != "tables/records.Person.jsonl":
                del held[name]
        rehashed(held, tables=kept, migrations=[["records", "0001_first"]])

    old = rewritten(file, older)
    assert "Brought up to date" in place("restore", str(old), "--force")
    people = json.loads(place("people", "--json"))
    assert [person["name"] for person in people] == ["Mira Quay"]


PAIRS = """
from datetime import date
from pathlib import Path
from leadline.cli.workspaces import open_workspace
open_workspace(Path())
from django.db import transaction
from leadline.records.models import ProjectConfirmation, TypedInput
print("ready", flush=True)
for n in range(100_000):
    with transaction.atomic():
        TypedInput.objects.create(on=date(2026, 11, 23), where=f"one {n}", characters=1)
        TypedInput.objects.create(on=date(2026, 11, 23), where=f"two {n}", characters=1)
"""


@pytest.mark.slow
def test_a_backup_is_of_one_moment_while_somebody_writes(place: Place, tmp_path: Path) -> None:
    """Rows are written two in one transaction; a backup must never hold one of two."""
    place("cost")
    writer = subprocess.Popen(
        [sys.executable, "-c", PAIRS],
        cwd=place.folder, env=place.variables, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
        counts = []
        for n in range(3):
            file = tmp_path / f"{n}.leadline"
            place("backup", str(file))
            with zipfile.ZipFile(file) as archive:
                lines = archive.read("tables/records.TypedInput.jsonl").splitlines()
            counts.append(len(lines))
        assert writer.poll() is None
    finally:
        writer.kill()
        writer.communicate()
    assert counts[-1] > counts[0] > 0
    assert all(count % 2 == 0 for count in counts)


@pytest.mark.slow
def test_a_laptops_backup_is_restored_on_a_server(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "LEADLINE_DATABASE_URL" not in os.environ:
        pytest.skip("no PostgreSQL here; `python -m tests.postgresql` starts one")
    file = tmp_path / "monday.leadline"
    server = place.variables.pop("LEADLINE_DATABASE_URL")
    place.python(WRITE)
    place("backup", str(file))
    kept = (place.folder / ".leadline" / "sealing.keys").read_bytes()
    shutil.rmtree(place.folder)
    place.folder.mkdir()
    place.kept = kept
    place.variables["LEADLINE_DATABASE_URL"] = server
    place.put_key_back()
    place("restore", str(file))
    assert json.loads(place.python(SHOW)) == EXPECTED
