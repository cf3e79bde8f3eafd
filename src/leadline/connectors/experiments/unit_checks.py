"""Checks of a table with one row a unit: each names its count and an example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlglot import exp

from leadline.analysis.experiments.metrics import Proportion, Quantile
from leadline.connectors.experiments.problems import DataProblem
from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.duck import DuckDB
from leadline.connectors.warehouse.gaps import example_of

if TYPE_CHECKING:
    from leadline.connectors.experiments.units import UnitPlan
    from leadline.connectors.warehouse.layout import Layout
    from leadline.connectors.warehouse.state import MomentsTable
    from leadline.connectors.warehouse.tables import Table

HEAVY_SHARE = 0.2
"""A single unit with this share of a metric's variance is named."""

MOST_BITS = 1 << 28
"""Ids that span more are told apart by hashing; this many bits are 32 MB a thread."""

SPARSEST = 64
"""A bit for every possible id pays where at most this many are possible for each row."""

HEAVY_FROM = 1_000
"""In smaller tables one unit may well carry that much."""


def check_units(table: Table, *, plan: UnitPlan, moments: MomentsTable) -> list[DataProblem]:
    """Look for what makes the rows of a table doubtful.

    Returns
    -------
    list of DataProblem
        Empty where nothing was found.
    """
    return [
        *_without_arm(table, layout=plan.layout),
        *_twice(table, layout=plan.layout),
        *_too_early(table, plan=plan),
        *_beyond_zero_one(table, plan=plan),
        *_heavy(table, plan=plan, moments=moments),
    ]


def _without_arm(table: Table, *, layout: Layout) -> list[DataProblem]:
    query = table.select(sql.count(), sql.count(sql.column(layout.arm)))
    n, n_with = table.fetch(query)[0]
    if n == n_with:
        return []
    gap = sql.is_null(sql.column(layout.arm))
    example = (
        example_of(table, layout=layout, where=gap) if layout.unit else f"{layout.arm} is empty"
    )
    return [
        DataProblem(
            kind="no arm",
            count=n - n_with,
            example=example,
            sentence="Units have no arm and are left out; why they have none may matter",
            blocks=n - n_with > n // 1000,
        )
    ]


def _twice(table: Table, *, layout: Layout) -> list[DataProblem]:
    """Find units with several rows, and units in several arms of one experiment."""
    if not layout.unit:
        return []
    if not layout.experiment and _is_unique(table, name=layout.unit):
        return []
    n_twice, n_arms, a_twice, in_arms = table.fetch(twice_query(table, layout=layout))[0]
    problems = []
    if n_arms:
        problems.append(
            DataProblem(
                kind="two arms",
                count=int(n_arms),
                example=f"{layout.unit} {in_arms}",
                sentence="Units are in more than one arm, so their outcome belongs to neither",
                blocks=True,
            )
        )
    if n_twice and n_twice > n_arms:
        problems.append(
            DataProblem(
                kind="duplicates",
                count=int(n_twice),
                example=f"{layout.unit} {a_twice}",
                sentence="Units have more than one row, so rows are not independent",
                blocks=True,
            )
        )
    return problems


def _is_unique(table: Table, *, name: str) -> bool:
    """Whether no unit has two rows: by one bit a unit where ids are numbers close together."""
    unit = sql.column(name)
    engine = table.engine
    if isinstance(engine, DuckDB) and table.column(name).kind == "number":
        ends = (exp.Min(this=unit), exp.Max(this=unit.copy()))
        n, low, high = table.fetch(table.select(sql.count(unit.copy()), *ends))[0]
        if isinstance(low, int) and high - low < min(MOST_BITS, SPARSEST * n):
            bits = exp.func("BITSTRING_AGG", unit.copy(), _whole(low), _whole(high))
            (n_set,) = table.fetch(
                table.select(exp.Anonymous(this="BIT_COUNT", expressions=[bits]))
            )[0]
            return bool(n == n_set)
    distinct = exp.Count(this=exp.Distinct(expressions=[unit]))
    n, n_distinct = table.fetch(table.select(sql.count(unit.copy()), distinct))[0]
    return bool(n == n_distinct)


def _whole(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def twice_query(table: Table, *, layout: Layout) -> exp.Select:
    """Write the query that counts units with several rows, and with several arms."""
    unit, arm = sql.column(layout.unit), sql.text(layout.arm)
    keys = [sql.column(layout.experiment)] if layout.experiment else []
    repeated = (
        table.select(
            sql.named(sql.text(layout.unit), "unit"),
            sql.named(exp.Min(this=arm), "first_arm"),
            sql.named(exp.Max(this=arm.copy()), "last_arm"),
        )
        .where(exp.Not(this=sql.is_null(unit)))
        .group_by(*keys, unit.copy())
        .having(exp.GT(this=sql.count(), expression=exp.Literal.number(1)))
    )
    differ = exp.NEQ(this=sql.column("first_arm"), expression=sql.column("last_arm"))
    return exp.select(
        sql.count(),
        sql.count(exp.Case().when(differ, exp.Literal.number(1))),
        exp.Min(this=sql.column("unit")),
        exp.Min(this=exp.Case().when(differ.copy(), sql.column("unit"))),
    ).from_(repeated.subquery("repeated"))


def served_arms(
    table: Table, *, layout: Layout, served: str, experiment: str
) -> dict[str, dict[str, int]]:
    """Count one experiment's units by assigned arm and served variant.

    Parameters
    ----------
    served : str
        The column with the variant that was really shown.

    Returns
    -------
    dict of arm to dict of variant to int
    """
    arm, shown = sql.text(layout.arm), sql.text(served)
    known: list[exp.Expr] = [
        exp.Not(this=sql.is_null(sql.column(name))) for name in (layout.arm, served)
    ]
    if layout.experiment:
        known.append(
            exp.EQ(this=sql.text(layout.experiment), expression=sql.literal(experiment))
        )
    query = table.select(arm, shown, sql.count()).where(sql.both(known))
    counts: dict[str, dict[str, int]] = {}
    for name, other, n in table.fetch(query.group_by(arm.copy(), shown.copy())):
        counts.setdefault(str(name), {})[str(other)] = int(n)
    return counts


def _too_early(table: Table, *, plan: UnitPlan) -> list[DataProblem]:
    """Count units whose outcome came before they were exposed."""
    entered = plan.layout.day
    if not plan.outcome_at or not entered or table.column(entered).kind != "timestamp":
        return []
    early = exp.LT(this=sql.column(plan.outcome_at), expression=sql.column(entered))
    count = int(table.fetch(table.select(sql.count()).where(early))[0][0])
    if not count:
        return []
    return [
        DataProblem(
            kind="outcome before exposure",
            count=count,
            example=example_of(table, layout=plan.layout, where=early),
            sentence="Outcomes came before their unit was exposed, so they are no effect of it",
            blocks=True,
        )
    ]


def _beyond_zero_one(table: Table, *, plan: UnitPlan) -> list[DataProblem]:
    problems = []
    for metric in plan.metrics:
        if not isinstance(metric, Proportion) or plan.ranges[metric.column].is_zero_or_one:
            continue
        value = sql.number(table.column(metric.column))
        digits = [exp.Literal.number(0), exp.Literal.number(1)]
        other = exp.Not(this=exp.In(this=value, expressions=digits))
        count = table.fetch(table.select(sql.count()).where(other))[0][0]
        extreme = plan.ranges[metric.column]
        problems.append(
            DataProblem(
                kind="absurd",
                count=int(count),
                example=f"the column runs from {extreme.lowest:g} to {extreme.highest:g}",
                sentence=f"{metric.name} is declared a proportion but holds more than 0 and 1",
                blocks=True,
            )
        )
    return problems


def _heavy(table: Table, *, plan: UnitPlan, moments: MomentsTable) -> list[DataProblem]:
    """Name a unit that carries a large share of a metric's variance by itself."""
    problems = []
    for metric in plan.metrics:
        if isinstance(metric, Proportion | Quantile) or len(metric.outcomes) > 1:
            continue
        column, extreme = metric.outcomes[0], plan.ranges[metric.outcomes[0]]
        whole = moments.whole(metric.name)
        if whole is None or whole.n < HEAVY_FROM:
            continue
        mean = float(whole.mean[0])
        spread = float(whole.covariance[0, 0]) * (whole.n - 1)
        value = max(extreme.lowest, extreme.highest, key=lambda x: abs(x - mean))
        share = (value - mean) ** 2 / spread if spread else 0.0
        if share <= HEAVY_SHARE:
            continue
        there = exp.EQ(this=sql.number(table.column(column)), expression=sql.literal(value))
        problems.append(
            DataProblem(
                kind="absurd",
                count=1,
                example=f"{example_of(table, layout=plan.layout, where=there)}: {value:,g}",
                sentence=(
                    f"One unit carries {100 * share:.0f} % of the variance of {metric.name}; "
                    "is it real?"
                ),
                blocks=False,
            )
        )
    return problems
