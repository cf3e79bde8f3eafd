"""Restoring a backup: into a new database that takes the old one's place at the end."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from leadline.errors import ConfigurationError, InputError
from leadline.records.backups.archive import Manifest, file_member, reading
from leadline.workspace import FILE_NAME, Workspace, read_configuration


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What a restoration did.

    Attributes
    ----------
    manifest : Manifest
        What the backup held.
    n_migrations : int
        How many steps brought its tables up to this version.
    sealed : str
        Empty when every sealed text opens; otherwise what is missing.
    """

    manifest: Manifest
    n_migrations: int
    sealed: str


def restore_backup(file: Path, folder: Path, *, overwrite: bool = False) -> Restored:
    """Make a workspace again from a backup, or leave everything as it is.

    Parameters
    ----------
    file : Path
        What `make_backup` wrote, on either database and by this version or an older one.
    folder : Path
        Where the workspace is to be. `LEADLINE_DATABASE_URL` decides for PostgreSQL.
    overwrite : bool
        Whether a workspace, or tables, that are there may be replaced.

    Raises
    ------
    InputError
        The file is damaged, or no backup; or something is there that would be overwritten.
    ConfigurationError
        A newer Leadline made it, or one with parts that are not installed.
    """
    with reading(file) as (archive, manifest):
        workspace = _workspace(archive, folder)
        if not overwrite:
            _refuse_to_overwrite(workspace, manifest)
        _set_up(workspace)
        with _new_database():
            _refuse_what_is_unknown(manifest)
            n_migrations = _fill(archive, manifest)
        for name in manifest.files:
            _replace(folder / name, archive.read(file_member(name)))
    return Restored(manifest=manifest, n_migrations=n_migrations, sealed=_check_sealed())


def _workspace(archive: zipfile.ZipFile, folder: Path) -> Workspace:
    """Return the workspace that the archive's own `leadline.toml` describes."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / FILE_NAME
        copy.write_bytes(archive.read(file_member(FILE_NAME)))
        configuration = read_configuration(copy)
    return Workspace(folder=folder.resolve(), configuration=configuration)


def _set_up(workspace: Workspace) -> None:
    from leadline.records.database import make_state_folder  # noqa: PLC0415 - after the checks

    workspace.folder.mkdir(parents=True, exist_ok=True)
    make_state_folder(workspace)
    os.environ["LEADLINE_WORKSPACE"] = str(workspace.folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.settings")
    django.setup()


def _refuse_to_overwrite(workspace: Workspace, manifest: Manifest) -> None:
    there = [name for name in manifest.files if (workspace.folder / name).exists()]
    if (workspace.state / "leadline.sqlite3").exists():
        there.append(".leadline/leadline.sqlite3")
    if there:
        raise InputError(
            f"a workspace is there already: {', '.join(there)} in {workspace.folder}",
            hint="Restore into another folder, or add --force to replace it.",
        )
    if os.environ.get("LEADLINE_DATABASE_URL"):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.settings")
        django.setup()
        if "records_person" in connection.introspection.table_names():
            raise InputError(
                "the database of LEADLINE_DATABASE_URL has tables of Leadline already",
                hint="Name an empty database, or add --force to replace them.",
            )


@contextmanager
def _new_database() -> Iterator[None]:
    """Work on an empty database that counts only when all has gone well."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            _drop_our_tables()
            yield
        return
    final = Path(connection.settings_dict["NAME"])
    new = final.with_suffix(".restoring")
    _forget(new)
    connection.close()
    connection.settings_dict["NAME"] = new
    try:
        os.close(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        for beside in ("-wal", "-shm"):
            Path(f"{final}{beside}").unlink(missing_ok=True)
        new.replace(final)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = final
        _forget(new)


def _forget(database: Path) -> None:
    """Delete a SQLite file with what SQLite keeps beside it."""
    for beside in ("", "-wal", "-shm"):
        Path(f"{database}{beside}").unlink(missing_ok=True)


def _drop_our_tables() -> None:
    """Drop every table that Leadline made, and no other."""
    known = {
        *connection.introspection.django_table_names(),
        "django_migrations",
        "leadline_cache",
    }
    there = known.intersection(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name in sorted(there):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)} CASCADE")


def _refuse_what_is_unknown(manifest: Manifest) -> None:
    known = set(MigrationExecutor(connection).loader.disk_migrations)
    unknown = [(app, name) for app, name in manifest.migrations if (app, name) not in known]
    if not unknown:
        return
    if any(app == "records" for app, _ in unknown):
        raise ConfigurationError(
            f"this backup was made by Leadline {manifest.leadline}, which is newer than this",
            hint="Upgrade Leadline and restore again. Nothing was changed.",
        )
    parts = ", ".join(sorted({app for app, _ in unknown}))
    raise ConfigurationError(
        f"this backup holds tables of parts that are not installed: {parts}",
        hint="pip install 'leadline[web]' and restore again. Nothing was changed.",
    )


def _fill(archive: zipfile.ZipFile, manifest: Manifest) -> int:
    """Make the tables as they were, fill them, and bring them up to date."""
    from leadline.records.backups.tables import empty, load  # noqa: PLC0415 - needs the tables

    executor = MigrationExecutor(connection)
    applied = set(manifest.migrations)
    graph = executor.loader.graph
    last = [key for key in sorted(applied) if not _has_a_later(key, applied, graph)]
    state = executor.migrate(last)
    with transaction.atomic():
        empty(state.apps)
        load(
            state.apps,
            ((table, archive.open(table.member)) for table in manifest.tables),
        )
        connection.check_constraints()
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(graph.leaf_nodes()))
    call_command("migrate", verbosity=0, interactive=False)
    return steps


def _has_a_later(key: tuple[str, str], applied: set[tuple[str, str]], graph: object) -> bool:
    """Whether a migration of the same application comes after this one."""
    node = graph.node_map[key]  # type: ignore[attr-defined]
    return any(child.key in applied and child.key[0] == key[0] for child in node.children)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
    try:
        new.replace(path)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()


def _check_sealed() -> str:
    """Return what keeps sealed texts shut; empty when all of them open."""
    from leadline.records import sealed  # noqa: PLC0415 - needs the tables

    try:
        sealed.check()
    except ConfigurationError as error:
        return str(error)
    return ""
