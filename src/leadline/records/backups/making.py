"""Making a backup while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import django.apps
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from leadline import __version__
from leadline.errors import InputError
from leadline.records.backups.archive import FORMAT, Manifest, Table, Writer, file_member
from leadline.records.backups.archive import writing as writing_archive
from leadline.records.backups.tables import columns_of, lines_of, tables_of
from leadline.workspace import FILE_NAME

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def make_backup(
    workspace: Workspace, file: Path, *, at: datetime, overwrite: bool = False
) -> Manifest:
    """Write everything of a workspace that cannot be made anew into one file.

    The tables are those of one moment, whoever writes meanwhile. The keys of sealed texts
    and of sessions are not in it: who has only the backup cannot read a private note.

    Parameters
    ----------
    workspace : Workspace
        Whose; its database is open.
    file : Path
        Where to; only its owner can read it.
    at : datetime
        Now, aware.
    overwrite : bool
        Whether a file that is there may be replaced.

    Returns
    -------
    Manifest
        What is in it.

    Raises
    ------
    InputError
        The file is there already.
    """
    if file.exists() and not overwrite:
        raise InputError(
            f"{file} is there already", hint="Name another file, or add --force to replace it."
        )
    files = own_files(workspace)
    with writing_archive(file) as out, _one_moment():
        tables = tuple(_write_tables(out))
        for name in files:
            out.add(file_member(name), iter([(workspace.folder / name).read_bytes()]))
        manifest = Manifest(
            format=FORMAT,
            leadline=__version__,
            made_at=at.isoformat(timespec="seconds"),
            database=connection.vendor,
            migrations=tuple(sorted(MigrationRecorder(connection).applied_migrations())),
            tables=tables,
            files=files,
            hashes=out.hashes,
        )
        out.finish(manifest)
    return manifest


def own_files(workspace: Workspace) -> tuple[str, ...]:
    """Return `leadline.toml` and the files in the workspace's folder that it names."""
    said = workspace.configuration
    named = chain(
        [said.people.file] if said.people else [],
        (calendar.file for calendar in said.calendar),
        chain.from_iterable((one.file, one.plan) for one in said.experiments),
    )
    folder = workspace.folder.resolve()
    found = {FILE_NAME}
    for name in filter(None, named):
        path = workspace.locate(name).resolve()
        if path.is_file() and path.is_relative_to(folder):
            found.add(path.relative_to(folder).as_posix())
    return tuple(sorted(found))


def _write_tables(out: Writer) -> Iterator[Table]:
    for model in tables_of(django.apps.apps):
        label = model._meta.label  # noqa: SLF001
        columns = tuple(field.attname for field in columns_of(model))
        table = Table(model=label, columns=columns, rows=0)
        rows = out.add(table.member, lines_of(model))
        yield Table(model=label, columns=columns, rows=rows)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read all tables as they are now; nobody waits for it, and it waits for nobody."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
        return
    # Not `atomic`: ours takes the writer's lock. In WAL mode a reader keeps its moment.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        try:
            cursor.execute("SELECT count(*) FROM django_migrations").fetchone()
            yield
        finally:
            cursor.execute("COMMIT")
