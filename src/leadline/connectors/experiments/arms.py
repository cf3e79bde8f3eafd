"""Tables of results: one row an arm, or an arm and a day, or both arms side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadline.analysis.experiments.metrics import Mean, Metric, Proportion
from leadline.analysis.experiments.moments import Moments
from leadline.connectors.experiments.about import About, about_of
from leadline.connectors.experiments.arm_columns import (
    ArmMetric,
    arm_metrics,
    is_complete,
    pairs,
)
from leadline.connectors.experiments.arm_rows import ArmRow, name_of, read_row
from leadline.connectors.experiments.names import plain, recognise
from leadline.connectors.experiments.problems import DataProblem
from leadline.connectors.experiments.snapshots import is_cumulative, tells_so_far, to_days
from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.state import Cell, Day, MomentsTable
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from leadline.connectors.warehouse.tables import Table

KEYS = ("experiment", "arm", "n", "metric", "day")
ABOUT = (
    "started_on",
    "ended_on",
    "project",
    "shipped",
    "weight",
    "predicted",
    "predicted_se",
    "reach",
    "key_result",
)
"""Roles that describe the experiment, not its outcome."""

NAMELESS = "(no name)"
"""The experiment of rows that name none, in a table whose other rows do."""

CONTROL = "control"
"""What the control is called where a table has both arms side by side."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmTable:
    """Results by arm, ready for statistics.

    Attributes
    ----------
    moments : MomentsTable
        By experiment and arm, and by day where the table has days.
    metrics : tuple of Metric
        A `Proportion` or a `Mean` for each metric found.
    about : dict of experiment to About
    problems : tuple of DataProblem
        Rows that could not be used; their experiments are left out.
    notes : tuple of str
        What was taken for granted.
    roles : dict of role to column
        What was recognised.
    """

    moments: MomentsTable
    metrics: tuple[Metric, ...]
    about: dict[str, About]
    problems: tuple[DataProblem, ...]
    notes: tuple[str, ...]
    roles: dict[str, str]


def read_arms(
    table: Table,
    *,
    given: Mapping[str, str] | None = None,
    wanted: Sequence[str] = (),
    cumulative: bool | None = None,
) -> ArmTable:
    """Read a table of results.

    Parameters
    ----------
    table : Table
        One row for each experiment and arm (and day, and metric).
    given : mapping of role to column, optional
        What the user said; everything else is recognised by its name.
    wanted : sequence of str
        Metrics to read; all by default.
    cumulative : bool, optional
        Whether a day's row holds all days so far; recognised by default.

    Raises
    ------
    InputError
        A column is ambiguous or absent; no row can be read.
    """
    roles, side_by_side = arm_roles(table, given=given or {})
    rest = [c for c in table.columns if c.name not in roles.values()]
    if side_by_side:
        found = _paired_metrics(side_by_side)
    else:
        found = arm_metrics(rest, wanted=wanted, place=table.place)
    records = _records(table, roles=roles, metrics=found, side_by_side=side_by_side)
    rows, problems = _checked(records, metrics=found)
    kinds = {row.metric: row.moments for row in rows}
    notes: tuple[str, ...] = ()
    if roles.get("day"):
        if cumulative is None:
            cumulative, notes = _guessed(rows, day=roles["day"], place=table.place)
        rows, late = _by_day(rows, cumulative=cumulative)
        problems += late
    if not rows:
        first = f": {problems[0]}" if problems else ""
        raise InputError(
            f"{table.place} has no row that can be used{first}",
            hint="Mend that in the export: one row an arm (and --day COLUMN), units and "
            "conversions are whole numbers from 0, a rate lies within 0 and 1, and no arm is "
            "nameless.",
        )
    proportions = {m.name for m in found if m.is_share}
    notes += tuple(
        f"{m.name} holds shares: its successes were counted back from them, and are rounded."
        for m in found
        if "share" in m.statistics
    )
    return ArmTable(
        moments=_moments_table(rows, place=table.place),
        metrics=tuple(
            Proportion(column=name)
            if name in proportions or (proportions and roles.get("metric"))
            else Mean(column=name)
            for name in kinds
            if not wanted or name in wanted
        ),
        about=about_of(records),
        problems=tuple(problems),
        notes=notes,
        roles=roles,
    )


def arm_roles(
    table: Table, *, given: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Return the roles of a table of results, and its columns side by side (mostly none).

    Raises
    ------
    InputError
        There is no column for the arm or for the number of units.
    """
    side_by_side = pairs(table.names)
    stems = {plain(stem) for stem in side_by_side}
    used = {name for pair in side_by_side.values() for name in pair}
    is_paired = bool(stems & COUNTS) and "arm" not in given
    names = [name for name in table.names if not (is_paired and name in used)]
    wanted = [role for role in (*KEYS, *ABOUT) if not (is_paired and role == "n")]
    roles = recognise(names, roles=wanted, given=given, place=table.place)
    if is_paired:
        return roles, side_by_side
    for role, what in (("arm", "the arm (variant)"), ("n", "the number of units of an arm")):
        if role not in roles:
            raise InputError(
                f"{table.place}: no column tells {what}",
                hint=f"Say it: --{role} COLUMN. Columns: {', '.join(table.names)}.",
            )
    return roles, {}


COUNTS = frozenset(
    ["n", "count", "users", "visitors", "units", "n_obs", "n_users", "size", "sample_size"]
)


def _paired_metrics(side_by_side: Mapping[str, tuple[str, str]]) -> tuple[ArmMetric, ...]:
    """Return the one metric of columns side by side: their stems are its statistics."""
    from leadline.connectors.experiments.arm_columns import STATISTICS  # noqa: PLC0415

    statistics = {
        statistic: stem
        for statistic, words in STATISTICS.items()
        for stem in side_by_side
        if stem in words.split()
    }
    if is_complete(statistics):
        return (ArmMetric(name="value", successes="", statistics=statistics),)
    rest = [stem for stem in side_by_side if stem not in COUNTS]
    return tuple(ArmMetric(name=stem, successes=stem, statistics={}) for stem in rest)


def _records(
    table: Table,
    *,
    roles: Mapping[str, str],
    metrics: Sequence[ArmMetric],
    side_by_side: Mapping[str, tuple[str, str]],
) -> list[dict[str, Any]]:
    """Fetch the rows as mappings of role or column to value, one an arm."""
    columns = {column.name: column for column in table.columns}
    chosen = dict(roles)
    if side_by_side:
        for stem, (control, treatment) in side_by_side.items():
            chosen |= {f"{stem}\0c": control, f"{stem}\0t": treatment}
    else:
        for metric in metrics:
            used = [metric.successes] if metric.successes else metric.statistics.values()
            chosen |= {f"\0{name}": name for name in used}
    query = table.select(
        *(
            sql.named(_readable(columns[name].kind, name), f"c{i}")
            for i, name in enumerate(chosen.values())
        )
    )
    rows = [dict(zip(chosen, row, strict=True)) for row in table.fetch(query) if any(row)]
    return [arm for row in rows for arm in _arms_of(row, side_by_side)]


def _readable(kind: str, name: str) -> Any:
    if kind in ("date", "timestamp"):  # as text: time zones need no library on the way
        return sql.text(name)
    return sql.column(name)


def _arms_of(
    row: dict[str, Any], side_by_side: Mapping[str, tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    if not side_by_side:
        yield row
        return
    about = {key: value for key, value in row.items() if "\0" not in key}
    for side, arm in (("c", CONTROL), ("t", str(row.get("arm", "treatment")))):
        values = {f"\0{stem}": row[f"{stem}\0{side}"] for stem in side_by_side}
        n = next(values[f"\0{stem}"] for stem in side_by_side if stem in COUNTS)
        yield about | values | {"arm": arm, "n": n}


def _checked(
    records: Sequence[Mapping[str, Any]], *, metrics: Sequence[ArmMetric]
) -> tuple[list[ArmRow], list[DataProblem]]:
    """Turn records into moments; an experiment with an unusable row is left out whole."""
    rows: dict[tuple[str, str, str, Day], ArmRow] = {}
    failures: dict[str, list[str]] = {}
    is_named = any(record.get("experiment") is not None for record in records)
    nameless = NAMELESS if is_named else ""  # one row without a name spoils no other
    for record in records:
        experiment = name_of(record.get("experiment")) or nameless
        for metric in metrics:
            try:
                row = read_row(record, metric=metric, experiment=experiment)
                _add(row, rows)
            except InputError as error:
                failures.setdefault(experiment, []).append(error.message)
    problems = [
        DataProblem(
            kind="unreadable",
            count=len(messages),
            example=messages[0],
            sentence=f"Experiment {name or 'in this table'} has rows that cannot be used",
            blocks=True,
            experiment=name,
        )
        for name, messages in failures.items()
    ]
    return [row for row in rows.values() if row.experiment not in failures], problems


def _add(row: ArmRow, rows: dict[tuple[str, str, str, Day], ArmRow]) -> None:
    """Add a row; the control's may come once for every treatment it stands beside."""
    key = (row.experiment, row.arm, row.metric, row.day)
    if key in rows and (rows[key] != row or row.arm != CONTROL):
        when = (
            "day and metric"
            if row.day is not None
            else "experiment, and no column says the day"
        )
        raise InputError(f"arm {row.arm!r} has two rows for the same {when}")
    rows[key] = row


def _by_day(rows: list[ArmRow], *, cumulative: bool) -> tuple[list[ArmRow], list[DataProblem]]:
    """Turn rows so far into rows a day, where that is what the table holds."""
    series = _series(rows)
    result: list[ArmRow] = []
    problems: list[DataProblem] = []
    for (experiment, arm, metric), days in series.items():
        ordered = dict(sorted(days.items(), key=_order))
        try:
            single = to_days(ordered) if cumulative else ordered
        except InputError as error:
            problems.append(
                DataProblem(
                    kind="unreadable",
                    count=1,
                    example=f"arm {arm}: {error.message}",
                    sentence=f"Experiment {experiment or 'in this table'} loses units",
                    blocks=True,
                    experiment=experiment,
                )
            )
            continue
        result += [
            ArmRow(experiment=experiment, arm=arm, metric=metric, day=day, moments=moments)
            for day, moments in single.items()
        ]
    lost = {problem.experiment for problem in problems}
    return [row for row in result if row.experiment not in lost], problems


def _guessed(rows: Sequence[ArmRow], *, day: str, place: str) -> tuple[bool, tuple[str, ...]]:
    """Tell whether rows hold all days so far, and say so where only the numbers tell it."""
    counts = [[m.n for _, m in sorted(d.items(), key=_order)] for d in _series(rows).values()]
    found = is_cumulative(counts, column=plain(day), place=place)
    if not found or tells_so_far(plain(day)):
        return found, ()
    return True, (
        "Each row was taken to hold all days so far, since units never fall from one day to "
        "the next; say --daily if it holds its day alone.",
    )


def _series(rows: Sequence[ArmRow]) -> dict[tuple[str, str, str], dict[Day, Moments]]:
    series: dict[tuple[str, str, str], dict[Day, Moments]] = {}
    for row in rows:
        series.setdefault((row.experiment, row.arm, row.metric), {})[row.day] = row.moments
    return series


def _order(entry: tuple[Day, Any]) -> Any:
    return entry[0]


def _moments_table(rows: Sequence[ArmRow], *, place: str) -> MomentsTable:
    """Bring every metric of an experiment to one centre and lay the rows out as cells."""
    centres: dict[tuple[str, str], tuple[float, ...]] = {}
    cells: dict[Cell, dict[str, Moments]] = {}
    for row in rows:
        centre = centres.setdefault((row.experiment, row.metric), row.moments.pilot)
        fitted = row.moments if row.moments.pilot == centre else row.moments.recentre(centre)
        cell = Cell(experiment=row.experiment, arm=row.arm, day=row.day)
        cells.setdefault(cell, {})[row.metric] = fitted
    return MomentsTable(
        pilots={},
        n_rows={cell: max(m.n for m in entry.values()) for cell, entry in cells.items()},
        cells=cells,
        place=place,
    )
