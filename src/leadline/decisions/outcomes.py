"""What came of decisions: joined later, by decision or by unit within a window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

from leadline.errors import ConnectorError, InputError


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined:
    """How much found each other.

    Attributes
    ----------
    n_decisions, n_with_outcome : int
    n_outcomes, n_unmatched : int
        Rows of outcomes, and those that belong to no decision.
    """

    n_decisions: int
    n_with_outcome: int
    n_outcomes: int
    n_unmatched: int


def join_outcomes(
    *,
    decisions: str | Path,
    outcomes: str | Path,
    to: str | Path,
    window: timedelta | None = None,
) -> Joined:
    """Write decisions with the sum of their outcomes to a Parquet file.

    Parameters
    ----------
    decisions : path
        The folder that `rotate` wrote.
    outcomes : path
        A Parquet file with `value` and `decision_id`; or, with a window, with `value`,
        `unit` and `at` (with time zone), each counted for every decision on its unit
        that it followed within the window.
    to : path
        Gets all columns of the decisions, `n_outcomes`, and `outcome`: the sum of values,
        null where there is none. Whether no outcome means 0 is for the metric to say.
    window : timedelta, optional

    Raises
    ------
    InputError
        A window that is not above 0.
    ConnectorError
        A file that is absent, or lacks a column.
    """
    if window is not None and window <= timedelta(0):
        raise InputError(f"the window is above 0, got {window}")
    match = "o.decision_id = d.decision_id"
    if window is not None:
        seconds = window.total_seconds()
        match = (
            'CAST(o.unit AS VARCHAR) = d.unit AND o."at" >= d."at" '
            f'AND o."at" < d."at" + to_seconds({seconds!r})'
        )
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        try:
            return _join(connection, decisions, outcomes, to, match=match)
        except duckdb.Error as error:
            raise ConnectorError(
                f"{decisions} and {outcomes} cannot be joined: {error}",
                permanent=True,
                hint="Outcomes need value and decision_id; with a window value, unit and at.",
            ) from error


def _join(
    connection: duckdb.DuckDBPyConnection,
    decisions: str | Path,
    outcomes: str | Path,
    to: str | Path,
    *,
    match: str,
) -> Joined:
    connection.from_parquet(str(Path(decisions) / "*.parquet")).create_view("d")
    connection.from_parquet(str(outcomes), file_row_number=True).create_view("o")
    connection.execute(
        "CREATE TABLE pairs AS SELECT d.decision_id AS decision, o.file_row_number, o.value "  # noqa: S608 - fixed text and a number
        f"FROM d JOIN o ON {match}"
    )
    connection.sql(
        "SELECT d.*, coalesce(p.n, 0) AS n_outcomes, p.total AS outcome FROM d LEFT JOIN "
        "(SELECT decision, count(*) AS n, sum(value) AS total FROM pairs GROUP BY decision) p "
        "ON p.decision = d.decision_id"
    ).write_parquet(str(to))
    counts = connection.execute(
        "SELECT (SELECT count(*) FROM d), (SELECT count(DISTINCT decision) FROM pairs), "
        "(SELECT count(*) FROM o), (SELECT count(DISTINCT file_row_number) FROM pairs)"
    ).fetchall()[0]
    return Joined(
        n_decisions=counts[0],
        n_with_outcome=counts[1],
        n_outcomes=counts[2],
        n_unmatched=counts[2] - counts[3],
    )
