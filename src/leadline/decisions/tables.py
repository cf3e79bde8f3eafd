"""From a decision log to tables for analysis: one row a unit, or one a decision."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

from leadline.decisions.assignment import HOLDOUT, OUTSIDE
from leadline.decisions.reading import payloads, segment_paths
from leadline.decisions.rotation import SELECTED, rows_of
from leadline.errors import ConnectorError, InputError

_KEYS = ("decision_id", "unit", "at")


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitTable:
    """What a table of units was made from.

    Attributes
    ----------
    salt : str
        The experiment.
    n_units, n_decisions : int
        Units of its arms, and their decisions.
    n_moved : int
        Units that had two arms under one salt, because its weights were changed; they are
        left out.
    outcomes : tuple of str
        Columns that were summed for each unit.
    problems : tuple of str
        What could not be read in the log.
    """

    salt: str
    n_units: int
    n_decisions: int
    n_moved: int
    outcomes: tuple[str, ...]
    problems: tuple[str, ...]


@contextmanager
def open_log(folder: str | Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, list[str]]]:
    """Open a log as the view `d` of a DuckDB connection, each decision once.

    Parameters
    ----------
    folder : path
        A log's folder, what `rotate` wrote, or one that holds both; a log may be in use.

    Yields
    ------
    connection, list of str
        Also what could not be read.

    Raises
    ------
    ConnectorError
        There is no such folder, or it holds no decision.
    """
    place = Path(folder)
    if not place.is_dir():
        raise ConnectorError(
            f"there is no folder {place}", permanent=True, hint="Pass the folder of a log."
        )
    problems: list[str] = []
    with duckdb.connect() as connection, tempfile.TemporaryDirectory() as temporary:
        connection.execute("SET threads = 2")
        parts = []
        lines = Path(temporary) / "lines.ndjson"
        with lines.open("wb") as file:
            for path in segment_paths(place):
                file.writelines(payload + b"\n" for payload in payloads(path, problems))
        if lines.stat().st_size:
            parts.append(f"SELECT {SELECTED} FROM {rows_of(lines)}")  # noqa: S608 - names of ours and a quoted path
        if rotated := sorted(map(str, place.rglob("*.parquet"))):
            connection.read_parquet(rotated, union_by_name=True).create_view("rotated")
            parts.append("SELECT * FROM rotated")
        if not parts:
            raise ConnectorError(f"{place} holds no decision", permanent=True)
        connection.execute(
            f"CREATE TABLE d AS SELECT * FROM ({' UNION ALL BY NAME '.join(parts)}) "  # noqa: S608
            "QUALIFY row_number() OVER (PARTITION BY decision_id) = 1"
        )
        yield connection, problems


def unit_table(
    decisions: str | Path,
    *,
    to: str | Path,
    outcomes: str | Path | None = None,
    salt: str = "",
    window: timedelta | None = None,
) -> UnitTable:
    """Write one row for each unit of an experiment, by the arm that was assigned to it.

    Parameters
    ----------
    decisions : path
        See `open_log`.
    to : path
        Gets a Parquet file with `unit`, `arm` (assigned), `served` (the arm that answered
        most of its decisions), `day` (of its first decision), `n_decisions`, `fallback`
        (1 where the rule had to answer for its arm at least once), and each column of the
        outcomes, null where a unit had none.
    outcomes : path, optional
        A CSV or Parquet file with `decision_id`, or with `unit` and `at`, and columns of
        numbers: summed over a unit's decisions, or over the time from its first decision.
    salt : str
        The experiment: a plan's name. Not needed where the log has one only.
    window : timedelta, optional
        How long after a unit's first decision outcomes count; without it, always.

    Raises
    ------
    InputError
        No such experiment in the log, outcomes without a key or a number, a window ≤ 0.
    ConnectorError
        A folder or file that is absent or cannot be read.
    """
    if window is not None and window <= timedelta(0):
        raise InputError(f"the window is above 0, got {window}")
    with open_log(decisions) as (connection, problems):
        salt = _salt(connection, salt)
        connection.execute(
            f"""CREATE TABLE units AS
            SELECT unit, min(assigned) AS arm, mode(served) AS served,
                   min("at") AS first_at, CAST(min("at") AS DATE) AS day,
                   count(*) AS n_decisions,
                   max(CAST(fallback_reason <> '' AS INTEGER)) AS fallback,
                   count(DISTINCT assigned) AS n_arms
            FROM d WHERE salt = ? AND assigned NOT IN ('{HOLDOUT}', '{OUTSIDE}')
            GROUP BY unit""",  # noqa: S608 - two words of ours
            [salt],
        )
        columns: tuple[str, ...] = ()
        if outcomes is not None:
            columns = _sum_outcomes(connection, Path(outcomes), window, salt)
        _write(connection, columns, to)
        counts = connection.execute(
            "SELECT count(*) FILTER (n_arms = 1), "
            "coalesce(sum(n_decisions) FILTER (n_arms = 1), 0), count(*) FILTER (n_arms > 1) "
            "FROM units"
        ).fetchall()[0]
        return UnitTable(
            salt=salt,
            n_units=counts[0],
            n_decisions=int(counts[1]),
            n_moved=counts[2],
            outcomes=columns,
            problems=tuple(problems),
        )


def _salt(connection: duckdb.DuckDBPyConnection, salt: str) -> str:
    found = [
        row[0]
        for row in connection.execute("SELECT DISTINCT salt FROM d ORDER BY 1").fetchall()
    ]
    if salt in found:
        return salt
    if not salt and len(found) == 1:
        return str(found[0])
    told = ", ".join(found)
    if salt:
        raise InputError(
            f"no decision of {salt!r} is in the log; there are {told}",
            hint="A Decision made with plan=… carries the plan's name.",
        )
    raise InputError(f"the log holds several experiments; say which: {told}")


def read_outcomes(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[str, ...]:
    """Open a file of outcomes as the view `o`; return its columns of numbers.

    Raises
    ------
    ConnectorError
        It cannot be read.
    InputError
        It lacks a key or a number.
    """
    try:
        if path.suffix == ".csv":
            connection.read_csv(str(path)).create_view("o")
        else:
            connection.read_parquet(str(path)).create_view("o")
        described = connection.execute("DESCRIBE o").fetchall()
    except duckdb.Error as error:
        raise ConnectorError(f"{path} cannot be read: {error}", permanent=True) from error
    names = [row[0] for row in described]
    numbers = tuple(
        name for name, kind, *_ in described if name not in _KEYS and kind.startswith(_NUMBERS)
    )
    if not numbers or not ("decision_id" in names or {"unit", "at"} <= set(names)):
        raise InputError(
            f"{path} has the columns {', '.join(names)}",
            hint="Outcomes need decision_id, or unit and at; and a column of numbers.",
        )
    return numbers


_NUMBERS = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN",
)  # fmt: skip


def _sum_outcomes(
    connection: duckdb.DuckDBPyConnection, path: Path, window: timedelta | None, salt: str
) -> tuple[str, ...]:
    numbers = read_outcomes(connection, path)
    taken = {"arm", "served", "day", "n_decisions", "fallback"} & set(numbers)
    if taken:
        raise InputError(
            f"{path}: outcomes cannot be named {', '.join(sorted(taken))}",
            hint="These are columns of the units' table; give them another name.",
        )
    sums = ", ".join(f"sum(CAST(o.{quoted(n)} AS DOUBLE)) AS {quoted(n)}" for n in numbers)
    if "decision_id" in _names(connection):
        joined, at, parameters = "d JOIN o USING (decision_id) JOIN units u", 'd."at"', [salt]
        match = "u.unit = d.unit AND d.salt = ?"
    else:
        joined, at, parameters = "o JOIN units u", 'o."at"', []
        match = 'CAST(o.unit AS VARCHAR) = u.unit AND o."at" >= u.first_at'
    if window is not None:
        match += f" AND {at} < u.first_at + to_seconds({window.total_seconds()!r})"
    connection.execute(
        f"CREATE TABLE sums AS SELECT u.unit, {sums} FROM {joined} ON {match} GROUP BY u.unit",  # noqa: S608 - quoted names and a number
        parameters,
    )
    return numbers


def _names(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {row[0] for row in connection.execute("DESCRIBE o").fetchall()}


def _write(
    connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...], to: str | Path
) -> None:
    chosen = "".join(f", s.{quoted(name)}" for name in columns)
    joined = "LEFT JOIN sums s USING (unit)" if columns else ""
    connection.sql(
        "SELECT u.unit, u.arm, u.served, u.day, u.n_decisions, u.fallback"  # noqa: S608
        f"{chosen} FROM units u {joined} WHERE u.n_arms = 1"
    ).write_parquet(str(to))


def quoted(name: str) -> str:
    """Return a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'
