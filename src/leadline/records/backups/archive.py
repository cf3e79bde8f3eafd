"""The file of a backup: a zip with tables as JSON lines, files, and a manifest of hashes."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from leadline.errors import InputError

FORMAT = 1
"""Raised when a backup is laid out otherwise; older layouts stay readable."""

MANIFEST = "manifest.json"


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table of a backup.

    Attributes
    ----------
    model : str
        "records.Person": the application and the model.
    columns : tuple of str
        Their names, in the order of each row.
    rows : int
        How many there are.
    """

    model: str
    columns: tuple[str, ...]
    rows: int

    @property
    def member(self) -> str:
        """Where its rows stand in the archive."""
        return f"tables/{self.model}.jsonl"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds.

    Attributes
    ----------
    format : int
        How it is laid out.
    leadline : str
        The version that made it.
    made_at : str
        When, in ISO format.
    database : str
        "sqlite" or "postgresql"; it can be restored on both.
    migrations : tuple of (str, str)
        The state of the tables: applied migrations by application and name.
    tables : tuple of Table
        The tables.
    files : tuple of str
        Files of the workspace's folder, by relative path.
    hashes : dict
        SHA-256 of every member.
    """

    format: int
    leadline: str
    made_at: str
    database: str
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    files: tuple[str, ...]
    hashes: dict[str, str]


class Writer:
    """Adds members to an archive and remembers their hashes."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.hashes: dict[str, str] = {}

    def add(self, member: str, lines: Iterator[bytes]) -> int:
        """Write a member piece by piece and return how many pieces there were."""
        digest, count = hashlib.sha256(), 0
        with self._archive.open(member, "w", force_zip64=True) as out:
            for line in lines:
                digest.update(line)
                out.write(line)
                count += 1
        self.hashes[member] = digest.hexdigest()
        return count

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, last."""
        self._archive.writestr(MANIFEST, json.dumps(msgspec.to_builtins(manifest), indent=1))


@contextmanager
def writing(file: Path) -> Iterator[Writer]:
    """Write an archive that only its owner can read; a crash leaves no half of it."""
    new = file.with_name(f".{file.name}.{os.getpid()}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                yield Writer(archive)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(file)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()


@contextmanager
def reading(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """Open an archive whose every member is as it was written.

    Raises
    ------
    InputError
        It is no backup, or one byte of it is not as it was written.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _manifest(archive, file)
            for member, written in manifest.hashes.items():
                if _hash(archive, member) != written:
                    raise InputError(
                        f"{file} is damaged: {member} is not as it was written",
                        hint="Take another backup; nothing was changed.",
                    )
            yield archive, manifest
    except (zipfile.BadZipFile, KeyError) as error:
        raise InputError(
            f"{file} is no whole backup of Leadline: {error}",
            hint="A backup is what `leadline backup FILE` wrote. Nothing was changed.",
        ) from error


def read_manifest(file: Path) -> Manifest:
    """Return what a backup holds, after checking its hashes."""
    with reading(file) as (_, manifest):
        return manifest


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    raw = json.loads(archive.read(MANIFEST))
    if raw.get("format") != FORMAT:
        raise InputError(
            f"{file} was made by Leadline {raw.get('leadline')}, in a form that this version "
            "does not know",
            hint="Upgrade Leadline and restore again.",
        )
    manifest = msgspec.convert(raw, Manifest)
    members = {*(table.member for table in manifest.tables), *map(file_member, manifest.files)}
    if members != set(manifest.hashes) or not all(map(_is_inside, manifest.files)):
        raise InputError(f"{file} is no backup of Leadline: its list of contents is wrong")
    return manifest


def file_member(name: str) -> str:
    """Return where a file of the workspace stands in the archive."""
    return f"files/{name}"


def _is_inside(name: str) -> bool:
    """Whether a path stays within the folder that it is restored to."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _hash(archive: zipfile.ZipFile, member: str) -> str:
    with archive.open(member) as stream:
        return hashlib.file_digest(_Readable(stream), "sha256").hexdigest()


class _Readable:
    """A zip's stream as `hashlib.file_digest` wants it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer and return how many bytes were read."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)
