"""Decisions in PostgreSQL: loaded from the log in batches, each once.

The segments stay what a reply waits for: a database that is slow or gone costs no user
anything, and the next run loads what it missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from psycopg import sql

from leadline.decisions import segments
from leadline.decisions.reading import payloads, segment_paths
from leadline.decisions.record import Record, decode
from leadline.errors import ConnectorError, InputError

BATCH = 5_000
"""Decisions of one transaction."""

_COLUMNS = {
    "decision_id": "text PRIMARY KEY",
    "decision": "text NOT NULL",
    "unit": "text NOT NULL",
    "at": "timestamptz NOT NULL",
    "salt": "text NOT NULL",
    "assigned": "text NOT NULL",
    "served": "text NOT NULL",
    "fallback_reason": "text NOT NULL",
    "arm_propensity": "double precision NOT NULL",
    "action_propensity": "double precision",
    "action": "jsonb",
    "features": "jsonb",
    "features_reference": "text NOT NULL",
    "model_hash": "text NOT NULL",
    "latency": "double precision NOT NULL",
    "shadows": "jsonb",
}

_JSON = ("action", "features", "shadows")


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """What a run loaded.

    Attributes
    ----------
    n_read, n_new : int
        Decisions read, and those that the table did not have.
    problems : tuple of str
        What could not be read, and where.
    """

    n_read: int
    n_new: int
    problems: tuple[str, ...]


def load_into_postgresql(
    log_folder: str | Path, url: str, *, table: str = "decisions", batch: int = BATCH
) -> Loaded:
    """Load a log into a table, which is made if it is not there.

    Sealed segments are removed once all of their decisions are committed; a segment that
    is being written is read as far as it goes, and left. Run it as often as you like, from
    one place at a time: a decision that is there is left out.

    Parameters
    ----------
    log_folder : path
    url : str
        `postgresql://…`.
    table : str
        `name` or `schema.name`.
    batch : int
        Decisions of one transaction.

    Raises
    ------
    ConnectorError
        The folder or the database cannot be had; what was not committed is still in the log.
    """
    place = Path(log_folder)
    if batch < 1:
        raise InputError(f"a batch has at least one decision, got {batch}")
    if not place.is_dir():
        raise ConnectorError(
            f"there is no folder {place}", permanent=True, hint="Pass the folder of a log."
        )
    segments.seal_abandoned(place)
    name = sql.Identifier(*table.split("."))
    counts, problems = [0, 0], list[str]()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            _make(connection, name)
            for path in segment_paths(place):
                n_read, n_new = _load_one(connection, name, path, problems, batch=batch)
                counts[0] += n_read
                counts[1] += n_new
    except psycopg.Error as error:
        raise ConnectorError(
            f"decisions cannot be loaded into {table}: {str(error).strip()}",
            permanent=not isinstance(error, psycopg.OperationalError),
            hint="What is not in the table is still in the log; run it again.",
        ) from error
    return Loaded(n_read=counts[0], n_new=counts[1], problems=tuple(problems))


def _make(connection: psycopg.Connection[Any], name: sql.Identifier) -> None:
    columns = sql.SQL(", ").join(
        sql.SQL("{} " + kind).format(sql.Identifier(column))
        for column, kind in _COLUMNS.items()
    )
    connection.execute(sql.SQL("SET client_min_messages = warning"))
    connection.execute(sql.SQL("CREATE TABLE IF NOT EXISTS {} ({})").format(name, columns))
    connection.execute(
        sql.SQL("CREATE TEMP TABLE arriving (LIKE {} INCLUDING DEFAULTS)").format(name)
    )


def _load_one(
    connection: psycopg.Connection[Any],
    name: sql.Identifier,
    path: Path,
    problems: list[str],
    *,
    batch: int,
) -> tuple[int, int]:
    is_sealed = path.suffix == segments.SEALED
    found: list[str] = []
    n_read = n_new = 0
    records = _records(path, found)
    while rows := list(islice(records, batch)):
        n_read += len(rows)
        n_new += _insert(connection, name, rows)
    problems += found
    if is_sealed and found:  # kept for whoever wants to look at it
        path.rename(path.with_suffix(".torn"))
    elif is_sealed:
        path.unlink()
    return n_read, n_new


def _records(path: Path, problems: list[str]) -> Iterator[Record]:
    for payload in payloads(path, problems):
        try:
            yield decode(payload)
        except msgspec.MsgspecError as error:
            problems.append(f"{path}: a record is of another version: {error}")


def _insert(
    connection: psycopg.Connection[Any], name: sql.Identifier, records: list[Record]
) -> int:
    with connection.transaction(), connection.cursor() as cursor:
        with cursor.copy("COPY arriving FROM STDIN") as copy:
            for record in records:
                copy.write_row([_value(record, column) for column in _COLUMNS])
        cursor.execute(
            sql.SQL("INSERT INTO {} SELECT * FROM arriving ON CONFLICT DO NOTHING").format(name)
        )
        n_new = cursor.rowcount
        cursor.execute("TRUNCATE arriving")
    return n_new


def _value(record: Record, column: str) -> Any:
    value = getattr(record, column)
    if column == "at":
        return datetime.fromtimestamp(value, tz=UTC)
    if column in _JSON:  # PostgreSQL holds no NUL, neither in text nor in JSON
        return msgspec.json.encode(value).decode().replace(r"\u0000", r"\ufffd")
    return value.replace("\x00", "\ufffd") if isinstance(value, str) else value
