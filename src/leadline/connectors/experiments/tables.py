"""Any experiment table → one thing that statistics can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from leadline.analysis.experiments.metrics import Metric, Outcome, Proportion, Quantile
from leadline.connectors.experiments.about import About
from leadline.connectors.experiments.arm_columns import pairs
from leadline.connectors.experiments.arms import COUNTS, read_arms
from leadline.connectors.experiments.names import SYNONYMS, plain, recognise
from leadline.connectors.experiments.problems import DataProblem
from leadline.connectors.experiments.unit_checks import check_units
from leadline.connectors.experiments.units import plan_units
from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.moments import read_moments
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.analysis.experiments.moments import MissingPolicy
    from leadline.connectors.warehouse.layout import Layout
    from leadline.connectors.warehouse.state import MomentsTable
    from leadline.connectors.warehouse.tables import Table

Shape = Literal["arms", "units"]
"""One row an arm (and a day), or one row a unit."""

TOTALS = frozenset(
    ["total", "totals", "all", "overall", "sum", "summe", "gesamt", "grand_total"]
)
"""What a row of totals is called."""

MOST_ARMS = 50
"""A column with more different values is no arm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentTable:
    """What was read of an experiment table.

    Attributes
    ----------
    shape : {"arms", "units"}
    moments : MomentsTable
    metrics : tuple of Metric
        Declared or recognised.
    about : dict of experiment to About
        What a table with one row an arm says beside its numbers.
    problems : tuple of DataProblem
    notes : tuple of str
        What was taken for granted.
    layout : Layout or None
        The roles of a table with one row a unit.
    served : str
        The column with the variant that was really shown; empty where there is none.
    """

    shape: Shape
    moments: MomentsTable
    metrics: tuple[Metric, ...]
    about: dict[str, About]
    problems: tuple[DataProblem, ...]
    notes: tuple[str, ...]
    layout: Layout | None = None
    served: str = ""


def read_experiments(
    table: Table,
    *,
    given: Mapping[str, str] | None = None,
    metrics: Sequence[Metric | str] = (),
    segments: Sequence[str] = (),
    missing: MissingPolicy = "error",
    cumulative: bool | None = None,
    shape: Shape | None = None,
    state: MomentsTable | None = None,
) -> ExperimentTable:
    """Read a table of experiments, whatever its shape.

    Parameters
    ----------
    given : mapping of role to column, optional
        What the user said; the rest is recognised by its name.
    metrics : sequence of Metric or str
        Declared metrics or columns.
    segments : sequence of str
        Columns by which results are split as well; only in a table of units.
    missing : {"error", "exclude", "zero"}
        The policy of metrics that do not declare their own.
    cumulative : bool, optional
        Whether a row by day holds all days so far.
    shape : {"arms", "units"}, optional
        Recognised by default.
    state : MomentsTable, optional
        What was read before; only newer days are read then.
    """
    told = dict(given or {})
    if (shape or shape_of(table, given=told)) == "arms":
        names = [m if isinstance(m, str) else m.name for m in metrics]
        found = read_arms(table, given=told, wanted=names, cumulative=cumulative)
        declared = {m.name: m for m in metrics if isinstance(m, Metric)}
        return ExperimentTable(
            shape="arms",
            moments=found.moments,
            metrics=tuple(_as_declared(m, declared.get(m.name)) for m in found.metrics),
            about=found.about,
            problems=found.problems
            + tuple(_alike(found.moments))
            + tuple(_totals(found.moments)),
            notes=found.notes,
        )
    return _read_units(
        table, given=told, metrics=metrics, segments=segments, missing=missing, state=state
    )


def _as_declared(found: Metric, declared: Metric | None) -> Metric:
    if isinstance(declared, Outcome):
        return declared.settled(is_share=isinstance(found, Proportion))
    return declared or found


def _read_units(
    table: Table,
    *,
    given: Mapping[str, str],
    metrics: Sequence[Metric | str],
    segments: Sequence[str],
    missing: MissingPolicy,
    state: MomentsTable | None,
) -> ExperimentTable:
    plan = plan_units(table, given=given, metrics=metrics, segments=segments, missing=missing)
    summed = [m for m in plan.metrics if not isinstance(m, Quantile)]
    moments = read_moments(table, layout=plan.layout, metrics=summed, state=state)
    for name in moments.experiments:
        if len(moments.arms(name)) > MOST_ARMS:
            raise InputError(
                f"column {plan.layout.arm!r} has {len(moments.arms(name)):,} different values; "
                "it is hardly the arm",
                hint="Say which column is: --arm COLUMN.",
            )
    return ExperimentTable(
        shape="units",
        moments=moments,
        metrics=plan.metrics,
        about={},
        problems=(*check_units(table, plan=plan, moments=moments), *_alike(moments)),
        notes=plan.notes,
        layout=plan.layout,
        served=plan.served,
    )


def _alike(moments: MomentsTable) -> list[DataProblem]:
    """Name arms that differ only in capitals or spaces: they are hardly two arms."""
    arms: dict[str, set[str]] = {}
    for cell in moments.n_rows:
        arms.setdefault(cell.experiment, set()).add(cell.arm)
    problems = []
    for experiment, names in arms.items():
        seen: dict[str, str] = {}
        for arm in sorted(names):
            known = seen.setdefault(" ".join(arm.casefold().split()), arm)
            if known == arm:
                continue
            counts = moments.counts(experiment)
            problems.append(
                DataProblem(
                    kind="arms alike",
                    count=counts[known] + counts[arm],
                    example=f"{known!r} and {arm!r}",
                    sentence="Two arms differ only in capitals or spaces; they may be one",
                    blocks=True,
                    experiment=experiment,
                )
            )
    return problems


def _totals(moments: MomentsTable) -> list[DataProblem]:
    """Name arms that are the sum of all others, as spreadsheets add below."""
    problems = []
    for experiment, own in moments.by_experiment().items():
        counts = own.counts(experiment)
        for arm, n in counts.items():
            if len(counts) > 2 and plain(arm) in TOTALS and 2 * n == sum(counts.values()):
                problems.append(
                    DataProblem(
                        kind="total as arm",
                        count=n,
                        example=repr(arm),
                        sentence="One arm is the sum of the others; leave its row out",
                        blocks=True,
                        experiment=experiment,
                    )
                )
    return problems


def shape_of(table: Table, *, given: Mapping[str, str]) -> Shape:
    """Tell a table of results by arm from a table of units.

    A table of results has a column with the number of units, and no two rows of the same
    experiment, arm, day and metric; a table of units has many. Where the column is called
    as nothing else is (users, n) and no column names a unit, rows that are alike are a
    fault of the table of results, to be named by whoever reads it.
    """
    if "unit" in given:
        return "units"
    if "n" in given or _has_pairs(table):
        return "arms"
    lenient = {k: v for k, v in given.items() if k in ("experiment", "arm", "day", "metric")}
    roles = recognise(
        table.names,
        roles=("experiment", "arm", "day", "metric"),
        given=lenient,
        place=table.place,
    )
    others = [name for name in table.names if name not in roles.values()]
    if not _tells_n(others) or "arm" not in roles:
        return "units"
    if _is_unique(table, list(roles.values())):
        return "arms"
    return "arms" if _counts_units(table, others) else "units"


def _has_pairs(table: Table) -> bool:
    return bool(pairs(table.names).keys() & COUNTS)


def _tells_n(names: Sequence[str]) -> bool:
    try:
        return "n" in recognise(names, roles=("n",), given={}, place="")
    except InputError:  # several could be: then at least one is
        return True


def _counts_units(table: Table, names: Sequence[str]) -> bool:
    """Whether a column surely holds numbers of units, and none the name of one."""
    sure = SYNONYMS["n"][0].split()
    counts = [name for name in names if plain(name) in sure]
    if not counts or any(plain(n) in " ".join(SYNONYMS["unit"]).split() for n in names):
        return False
    if table.column(counts[0]).kind != "number":
        return True  # 1 000 with a blank apart; whoever reads the rows will say so
    largest = exp.Max(this=sql.column(counts[0]))
    return bool((table.fetch(table.select(largest))[0][0] or 0) > 1)


def _is_unique(table: Table, names: Sequence[str]) -> bool:
    """Whether no two rows agree in these columns; of most tables of units 1,000 rows tell."""
    keys = [sql.column(name) for name in names]
    some = table.select(*keys).limit(1_000).subquery("some")
    return all(
        not table.fetch(
            exp.select(exp.Literal.number(1))
            .from_(rows)
            .group_by(*(key.copy() for key in keys))
            .having(exp.GT(this=sql.count(), expression=exp.Literal.number(1)))
            .limit(1)
        )
        for rows in (some, table.relation.copy())
    )
