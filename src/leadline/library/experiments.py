"""`leadline.experiments`: analyse and design controlled experiments, no workspace needed."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import date
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

from leadline.analysis.experiments.metrics import Mean, Metric, Proportion, Quantile, Ratio
from leadline.analysis.experiments.moments import MissingPolicy
from leadline.connectors.experiments.events import Window, units_from_events
from leadline.connectors.experiments.plans import Plan, read_plan
from leadline.connectors.experiments.tables import ExperimentTable, read_experiments
from leadline.connectors.warehouse import open_pair, open_table
from leadline.connectors.warehouse.state import MomentsTable
from leadline.errors import InputError
from leadline.findings import without_password
from leadline.library.designs import ExperimentDesign, design
from leadline.library.ideas import Queue, queue
from leadline.library.readouts import make_readout
from leadline.library.results import Readout

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.connectors.experiments.problems import DataProblem

__all__ = [
    "ExperimentDesign",
    "Mean",
    "Metric",
    "Plan",
    "Proportion",
    "Quantile",
    "Queue",
    "Ratio",
    "Readout",
    "Window",
    "analyze",
    "design",
    "queue",
    "read_plan",
]

_WHERE = frozenset({"source", "table", "spark"})
"""Keys of a plan's [table] that say where it is; all others are roles of columns."""


def analyze(
    source: Any,
    *,
    plan: Plan | str | FilePath | None = None,
    experiment: str = "",
    metrics: Sequence[Metric | str] = (),
    control: str = "",
    weights: Mapping[str, float] | None = None,
    segments: Sequence[str] = (),
    missing: MissingPolicy = "error",
    columns: Mapping[str, str] | None = None,
    table: str = "",
    spark: str = "",
    alpha: float = 0.05,
    cumulative: bool | None = None,
    state: str | FilePath | None = None,
    events: str | FilePath | None = None,
    windows: Sequence[Window] = (),
    complete_until: date | None = None,
    aa: bool = False,
    today: date | None = None,
) -> Readout:
    """Analyse one experiment and say what to do.

    Parameters
    ----------
    source : path, address, data frame or None
        A table with one row a unit, one an arm, or one an arm and day; see `open_table`.
        None where the plan says where it is.
    plan : Plan or path, optional
        What was decided before; metrics, alpha, looks and weights come from it.
    experiment : str
        Which one, where the table holds several.
    metrics : sequence of Metric or str
        Declared metrics, or columns; recognised where nothing is said.
    control : str
        The arm that the others are compared with; recognised by its name otherwise.
    weights : mapping of arm to share, optional
        The declared split; equal by default.
    segments : sequence of str
        Columns by which the primaries are split as well.
    missing : {"error", "exclude", "zero"}
        What a missing outcome means, for metrics that do not declare it.
    columns : mapping of role to column, optional
        Roles that the names do not tell: experiment, arm, unit, day, n, …
    table, spark : str
        See `open_table`.
    alpha : float
        Two-sided, of the primaries together.
    cumulative : bool, optional
        Whether a row by day holds all days so far; recognised by default.
    state : path, optional
        A file that keeps the sums: only days that are not in it are read, and added.
    events : path or address, optional
        A table of events; `source` is then a table of exposures.
    windows : sequence of Window
        The outcomes that events make, and how long after the exposure they count.
    complete_until : date, optional
        The last day of which all events are there; younger windows are left out.
    aa : bool
        Split the control's units at random 500 times and test each split: shows whether
        the tests fit the data. Needs one row a unit with its id; reads the table once more.
    today : date, optional
        The day of the readout; the calendar's by default.

    Raises
    ------
    InputError
        The table cannot be used as it is; the message names what, how often, and an
        example.

    Examples
    --------
    >>> import pandas as pd
    >>> from leadline.library.experiments import analyze
    >>> table = pd.DataFrame({
    ...     "variant": ["control", "new"], "users": [1000, 1000], "conversions": [100, 150],
    ... })
    >>> analyze(table).verdict.word
    'ship'
    """
    decided = read_plan(plan) if isinstance(plan, str | FilePath) else plan
    where = decided.table if decided else {}
    place = _source_of(plan, where) if source is None else source
    if place is None:
        raise InputError(
            "which table?", hint="Give one, or write `source` in the plan's [table]."
        )
    spark = spark or where.get("spark", "")
    roles = {k: v for k, v in where.items() if k not in _WHERE} | dict(columns or {})
    late: tuple[DataProblem, ...] = ()
    if events is None:
        opened = open_table(place, table=table or where.get("table", ""), spark=spark)
    else:
        opened, late = units_from_events(
            *open_pair(place, events, spark=spark),
            windows=windows,
            exposure_columns=roles,
            complete_until=complete_until,
        )
        roles = {"arm": "arm", "unit": "unit", "day": "exposed_at"}
        metrics = metrics or [_metric_of(window) for window in windows]
    kept = MomentsTable.load(state) if state and FilePath(state).is_file() else None
    found = read_experiments(
        opened,
        given=roles,
        metrics=_with_policy(metrics or (decided.metrics if decided else ()), missing=missing),
        segments=segments,
        missing=missing,
        cumulative=cumulative,
        state=kept,
    )
    found = replace(found, problems=found.problems + late)
    if state:
        found.moments.save(state)
    return make_readout(
        found,
        table=opened,
        experiment=_which(found, experiment or (decided.name if decided else "")),
        plan=decided,
        control=control,
        weights=weights,
        alpha=alpha,
        aa=aa,
        command=_command(
            plan if isinstance(plan, str | FilePath) else "",
            source if plan else place,
            experiment=experiment, metrics=metrics, control=control, segments=segments,
            missing=missing, events=events,
        ),
        as_of=today or date.today(),  # noqa: DTZ011 - the reader's own calendar day
    )  # fmt: skip


def _with_policy(
    metrics: Sequence[Metric | str], *, missing: MissingPolicy
) -> list[Metric | str]:
    """Give the policy to metrics that declare none of their own, a plan's among them."""
    return [
        replace(metric, missing=missing)
        if isinstance(metric, Metric) and metric.missing == "error"
        else metric
        for metric in metrics
    ]


def _source_of(plan: object, where: Mapping[str, str]) -> str | None:
    """Return the plan's table; a relative path starts at the plan's own folder."""
    told = where.get("source")
    if told and isinstance(plan, str | FilePath):
        beside = FilePath(plan).parent / told
        return str(beside) if beside.exists() else told
    return told


def _command(
    plan: str | FilePath,
    source: object,
    *,
    experiment: str,
    metrics: Sequence[Metric | str],
    control: str,
    segments: Sequence[str],
    missing: str,
    events: object,
) -> str:
    """Return the command line that makes the readout again, as far as one can."""
    target = plan or source
    if not isinstance(target, str | FilePath):
        return "leadline.experiments.analyze(…)"
    options: dict[str, Sequence[Any]] = {
        "--source": [source] if plan and isinstance(source, str | FilePath) else [],
        "--experiment": [experiment],
        "--metric": [m for m in metrics if isinstance(m, str)],
        "--control": [control],
        "--segment": segments,
        "--missing": [missing] if missing != "error" else [],
        "--events": [events] if isinstance(events, str | FilePath) else [],
    }
    words = [str(target)]
    for flag, values in options.items():
        words += [word for value in values if value for word in (flag, str(value))]
    hidden = map(without_password, words)
    return f"leadline experiments analyze {shlex.join(hidden)}"


def _metric_of(window: Window) -> Metric:
    covariates = (f"pre_{window.name}",) if window.days_before else ()
    kind = Proportion if window.aggregate == "any" else Mean
    return kind(column=window.name, covariates=covariates)


def _which(found: ExperimentTable, given: str) -> str:
    names = found.moments.experiments
    if given in names:
        return given
    if len(names) == 1:
        return names[0]
    shown = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    raise InputError(
        f"the table holds {len(names):,} experiments; which one?"
        + (f" {given!r} is none of them." if given else ""),
        hint=f"Say --experiment NAME, or audit them all. They are: {shown}",
    )
