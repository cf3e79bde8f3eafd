"""Opening a workspace's database: private files, migrations by themselves, one at a time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

import django
from django.apps import apps
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from filelock import FileLock

from leadline.errors import ConfigurationError

if TYPE_CHECKING:
    from leadline.workspace import Workspace

_MIGRATION_LOCK = 0x1EAD11E
"""Any number that nothing else in the same PostgreSQL database uses for advisory locks."""


TRIES = 5
PAUSE = 0.2
"""Seconds between two tries to open a file that somebody else is making."""


def open_database(workspace: Workspace) -> None:
    """Connect Django to the database of a workspace and bring its tables up to date.

    May be called again for the same workspace; a process serves one workspace.

    Raises
    ------
    ConfigurationError
        The database cannot be reached or written, or a newer Leadline made it.
    """
    make_state_folder(workspace)
    os.environ["LEADLINE_WORKSPACE"] = str(workspace.folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.settings")
    django.setup()
    try:
        _migrate_patiently()
    except OperationalError as error:
        raise ConfigurationError(
            f"the database of {workspace.folder} cannot be used: {error}".strip(),
            hint="Check LEADLINE_DATABASE_URL, the disk and the folder's permissions.",
        ) from error


def make_state_folder(workspace: Workspace) -> None:
    """Create the folder of Leadline's own files: readable by its owner, unseen by git."""
    workspace.state.mkdir(mode=0o700, exist_ok=True)
    workspace.cache.mkdir(exist_ok=True)
    ignore = workspace.state / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")


def _migrate_patiently() -> None:
    """Try again where another process is just making the same SQLite file.

    It is locked then in ways for which SQLite does not wait.
    """
    for _ in range(TRIES - 1):
        try:
            return _migrate()
        except OperationalError:
            if connection.vendor != "sqlite":
                raise
            connection.close()
            time.sleep(PAUSE)
    return _migrate()


def _migrate() -> None:
    """Apply what is missing; a second process waits, and a killed one leaves no half table.

    Migrations are loaded only when names differ: most commands find all applied.
    """
    applied = set(MigrationRecorder(connection).applied_migrations())
    here = _named_here()
    _refuse_a_newer_database(applied - here)
    if here <= applied:
        return
    from django.core.management import call_command  # noqa: PLC0415 - rarely needed

    with _only_one_process():
        call_command("migrate", verbosity=0, interactive=False)


def _named_here() -> set[tuple[str, str]]:
    """Return (app, name) of every migration that this installation has, by its file."""
    return {
        (app.label, name)
        for app in apps.get_app_configs()
        for _, name, package in iter_modules([str(Path(app.path) / "migrations")])
        if not package and name[0] not in "_~"
    }


def _refuse_a_newer_database(unknown: set[tuple[str, str]]) -> None:
    newer = sorted(name for app, name in unknown if app == "records")
    if newer:
        raise ConfigurationError(
            f"this database was made by a newer Leadline (it has {', '.join(newer)})",
            hint="Upgrade Leadline, or point LEADLINE_DATABASE_URL at another database.",
        )


@contextmanager
def _only_one_process() -> Iterator[None]:
    """Hold a lock while migrating; each migration is one transaction of its own."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATION_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATION_LOCK])
        return
    with FileLock(f"{connection.settings_dict['NAME']}.migrating"):
        yield
