"""From sealed segments to Parquet: each decision once, however often it is run."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from leadline.decisions import segments
from leadline.decisions.reading import payloads

_COLUMNS = {
    "decision_id": "VARCHAR",
    "decision": "VARCHAR",
    "unit": "VARCHAR",
    "at": "DOUBLE",
    "salt": "VARCHAR",
    "assigned": "VARCHAR",
    "served": "VARCHAR",
    "fallback_reason": "VARCHAR",
    "arm_propensity": "DOUBLE",
    "action_propensity": "DOUBLE",
    "action": "JSON",
    "features": "JSON",
    "features_reference": "VARCHAR",
    "model_hash": "VARCHAR",
    "latency": "DOUBLE",
    "shadows": "JSON",
}

_TEXTS = ("fallback_reason", "features_reference", "model_hash")

SELECTED = ", ".join(
    'make_timestamptz(CAST("at" * 1e6 AS BIGINT)) AS "at"'
    if name == "at"
    else f"coalesce({name}, '') AS {name}"  # an empty text is not written to a segment
    if name in _TEXTS
    else f"CAST({name} AS {'VARCHAR' if kind == 'JSON' else kind}) AS {name}"
    for name, kind in _COLUMNS.items()
)

"""What is selected from `rows_of`; `rotate` writes these columns."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rotation:
    """What a rotation did.

    Attributes
    ----------
    files : tuple of Path
        Parquet files written now.
    n_records : int
        Decisions in them.
    problems : tuple of str
        What could not be read, and where.
    """

    files: tuple[Path, ...]
    n_records: int
    problems: tuple[str, ...]


def rotate(log_folder: str | Path, to: str | Path) -> Rotation:
    """Move the sealed segments of a log to Parquet files of the same names.

    A segment is removed once its Parquet file stands under its final name. Decisions that
    stand in an earlier file are left out, so that running it again after a crash, or on
    a copied segment, doubles none.

    Parameters
    ----------
    log_folder, to : path
        The log may be in use: open segments are left alone. One rotation at a time.

    Returns
    -------
    Rotation
        `action`, `features` and `shadows` become columns of JSON text.
    """
    source, target = Path(log_folder), Path(to)
    target.mkdir(parents=True, exist_ok=True)
    segments.seal_abandoned(source)
    files: list[Path] = []
    problems: list[str] = []
    n_records = 0
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for segment in sorted(source.glob(f"*{segments.SEALED}")):
            n_new, found = _rotate_one(connection, segment, target)
            problems += found
            if n_new:
                files.append(target / f"{segment.stem}.parquet")
                n_records += n_new
    return Rotation(files=tuple(files), n_records=n_records, problems=tuple(problems))


def _rotate_one(
    connection: duckdb.DuckDBPyConnection, segment: Path, target: Path
) -> tuple[int, list[str]]:
    final = target / f"{segment.stem}.parquet"
    problems: list[str] = []
    n_new = 0
    if not final.exists():
        with tempfile.TemporaryDirectory(dir=target, prefix=".rotating-") as place:
            lines, written = Path(place) / "lines.ndjson", Path(place) / "written"
            with lines.open("wb") as file:
                file.writelines(payload + b"\n" for payload in payloads(segment, problems))
            n_new = _write_new(connection, lines=lines, written=written, target=target)
            if n_new:
                with written.open("rb") as file:
                    os.fsync(file.fileno())
                written.rename(final)
                segments.sync_folder(target)
    if problems:  # what cannot be read is kept for whoever wants to look at it
        segment.rename(segment.with_suffix(".torn"))
    else:
        segment.unlink()
    return n_new, problems


def _write_new(
    connection: duckdb.DuckDBPyConnection, *, lines: Path, written: Path, target: Path
) -> int:
    """Write the decisions that no file holds yet; return how many there are."""
    connection.execute("CREATE OR REPLACE TEMP TABLE known (decision_id VARCHAR)")
    if any(target.glob("*.parquet")):
        connection.execute(
            "INSERT INTO known SELECT decision_id FROM read_parquet(?)",
            [str(target / "*.parquet")],
        )
    connection.execute(
        f"COPY (SELECT {SELECTED} FROM {rows_of(lines)} ANTI JOIN known USING (decision_id) "  # noqa: S608 - names of ours and quoted paths
        "QUALIFY row_number() OVER (PARTITION BY decision_id) = 1) "
        f"TO {_text(str(written))} (FORMAT parquet)"
    )
    (n_rows,) = connection.execute(
        "SELECT count(*) FROM read_parquet(?)", [str(written)]
    ).fetchall()[0]
    return int(n_rows)


def rows_of(lines: Path) -> str:
    """Return the SQL of a table of records in a file of JSON lines; select `SELECTED`."""
    columns = ", ".join(f"{_text(name)}: {_text(kind)}" for name, kind in _COLUMNS.items())
    return (
        f"read_json({_text(str(lines))}, format = 'newline_delimited', columns = {{{columns}}},"
        " maximum_object_size = 1000000000)"
    )


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
