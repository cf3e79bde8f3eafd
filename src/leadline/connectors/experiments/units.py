"""Tables with one row a unit: which columns matter, and what is measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from leadline.analysis.experiments.metrics import Mean, Metric, Outcome, Proportion
from leadline.connectors.experiments.names import plain, recognise
from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.layout import Layout, columns_of
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.connectors.warehouse.tables import Column, Table

ROLES = ("experiment", "arm", "unit", "day", "served", "outcome_at")

MOST_METRICS = 12
"""More candidates than this are asked for rather than taken."""

_OUTCOMES = frozenset(
    [
        "convert",
        "converted",
        "conversion",
        "conversions",
        "click",
        "clicks",
        "clicked",
        "purchase",
        "purchases",
        "purchased",
        "order",
        "orders",
        "revenue",
        "spend",
        "spent",
        "sales",
        "gmv",
        "amount",
        "retention",
        "retained",
        "signup",
        "signups",
        "subscribed",
        "churn",
        "churned",
        "visit",
        "visited",
        "visits",
        "sessions",
        "rounds",
        "gamerounds",
        "duration",
        "minutes",
        "watch",
        "rating",
        "outcome",
        "target",
        "y",
        "value",
        "profit",
        "margin",
        "bookings",
        "activated",
        "engagement",
    ]
)
"""Words in the name of an outcome. Where any column has one, only such columns are taken."""

_BEFORE = ("pre", "before", "prior", "previous", "baseline", "historical")


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """The range of one numeric column."""

    lowest: float
    highest: float
    is_zero_or_one: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitPlan:
    """What will be read of a table with one row a unit.

    Attributes
    ----------
    layout : Layout
    metrics : tuple of Metric
    served : str
        The column with the variant that was really shown; empty where there is none.
    outcome_at : str
        The column with the time of the outcome; empty where there is none.
    ranges : dict of column to Range
    notes : tuple of str
        What was taken for granted.
    """

    layout: Layout
    metrics: tuple[Metric, ...]
    served: str
    outcome_at: str
    ranges: dict[str, Range]
    notes: tuple[str, ...]


def plan_units(
    table: Table,
    *,
    given: Mapping[str, str] | None = None,
    metrics: Sequence[Metric | str] = (),
    segments: Sequence[str] = (),
    missing: Any = "error",
    needs_arm: bool = True,
) -> UnitPlan:
    """Recognise the columns of a table with one row a unit.

    Parameters
    ----------
    given : mapping of role to column, optional
    metrics : sequence of Metric or str
        Declared metrics, or names of columns; recognised where none are given.
    segments : sequence of str
        Columns by which results are split as well.
    missing : {"error", "exclude", "zero"}
        The policy of metrics that are given by name or recognised.
    needs_arm : bool
        False for a history, whose units are all of one kind.

    Raises
    ------
    InputError
        No column tells the arm; a column is ambiguous or absent; too many could be metrics.
    """
    roles = recognise(table.names, roles=ROLES, given=given or {}, place=table.place)
    if "arm" not in roles and needs_arm:
        raise InputError(
            f"{table.place}: no column tells the arm (variant)",
            hint=f"Say it: --arm COLUMN. Columns: {', '.join(table.names)}.",
        )
    for name in segments:
        table.column(name)
    layout = Layout(
        arm=roles.get("arm", ""),
        unit=roles.get("unit", ""),
        experiment=roles.get("experiment", ""),
        day=roles.get("day", ""),
        segments=tuple(segments),
    )
    taken = {*roles.values(), *segments}
    chosen, notes = _chosen(table, metrics, taken=taken)
    declared = [metric for metric in chosen if isinstance(metric, Metric)]
    columns = [name for m in declared for name in columns_of(m)]
    columns += [metric for metric in chosen if isinstance(metric, str)]
    ranges = ranges_of(table, list(dict.fromkeys(columns)))
    return UnitPlan(
        layout=layout,
        metrics=tuple(
            _settled(metric, table=table, ranges=ranges, missing=missing) for metric in chosen
        ),
        served=roles.get("served", ""),
        outcome_at=roles.get("outcome_at", ""),
        ranges=ranges,
        notes=tuple(notes),
    )


def ranges_of(table: Table, names: Sequence[str]) -> dict[str, Range]:
    """Return the range of numeric columns, in one pass.

    Raises
    ------
    InputError
        A column does not hold numbers.
    """
    numeric = []
    for name in names:
        column = table.column(name)
        if column.kind not in ("number", "boolean"):
            raise InputError(
                f"a metric needs numbers; column {name!r} holds {column.kind}",
                hint="Name another column, or turn it into numbers (true/false will do).",
            )
        numeric.append(column)
    if not numeric:
        return {}
    # The bare columns: a Parquet file answers this from its statistics, unread.
    bare = [_ordered(column) for column in numeric]
    row = table.fetch(
        table.select(*(kind(this=v.copy()) for v in bare for kind in (exp.Min, exp.Max)))
    )[0]
    ends = dict(zip(names, zip(row[::2], row[1::2], strict=True), strict=True))
    unclear = [c for c in numeric if _needs_a_look(c, *ends[c.name])]
    looked = _ranges_by_looking(table, unclear)
    return {
        name: looked.get(name)
        or Range(
            lowest=float("nan") if low is None else float(low),
            highest=float("nan") if high is None else float(high),
            is_zero_or_one=low is None or (low >= 0 and high <= 1),
        )
        for name, (low, high) in ends.items()
    }


def _ordered(column: Column) -> exp.Expr:
    """Return a column as it is, where its engine knows which value is larger."""
    return sql.number(column) if column.kind == "boolean" else sql.column(column.name)


def _needs_a_look(column: Column, low: object, high: object) -> bool:
    """Whether the ends do not tell: NaN is larger than all, 0 to 1 may hold a half."""
    if low is None or column.kind == "boolean":
        return False
    ends = (float(low), float(high))  # type: ignore[arg-type]  # the column is numeric
    if any(math.isnan(end) for end in ends):
        return True
    return ends[0] >= 0 and ends[1] <= 1 and not isinstance(low, int)


def _ranges_by_looking(table: Table, columns: Sequence[Column]) -> dict[str, Range]:
    """Read every value of some columns; NaN counts as missing."""
    if not columns:
        return {}
    values = [sql.without_nan(sql.number(column)) for column in columns]
    row = table.fetch(table.select(*(part for v in values for part in _range_parts(v))))[0]
    return {
        column.name: Range(
            lowest=float("nan") if row[3 * i] is None else float(row[3 * i]),
            highest=float("nan") if row[3 * i + 1] is None else float(row[3 * i + 1]),
            is_zero_or_one=row[3 * i + 2] == 0,
        )
        for i, column in enumerate(columns)
    }


def _range_parts(value: exp.Expr) -> list[exp.Expr]:
    other = exp.Not(this=exp.In(this=value.copy(), expressions=[_digit(0), _digit(1)]))
    return [
        exp.Min(this=value),
        exp.Max(this=value.copy()),
        sql.count(exp.Case().when(other, _digit(1))),
    ]


def _digit(value: int) -> exp.Expr:
    return exp.Literal.number(value)


def _chosen(
    table: Table, metrics: Sequence[Metric | str], *, taken: set[str]
) -> tuple[list[Metric | str], list[str]]:
    if metrics:
        return list(metrics), []
    free = [
        c.name
        for c in table.columns
        if c.kind in ("number", "boolean") and c.name not in taken and not _is_label(c.name)
    ]
    free = [name for name in free if not _is_before(name)]
    telling = [name for name in free if set(plain(name).split("_")) & _OUTCOMES]
    if not free:
        raise InputError(
            f"{table.place}: no column with numbers is left for a metric{_texts(table, taken)}",
            hint="Mend it in the export: numbers alone, without words, signs or units.",
        )
    if not telling and len(free) > MOST_METRICS:
        raise InputError(
            f"{table.place}: which columns are the metrics? Candidates: {', '.join(free)}",
            hint="Say each: --metric COLUMN --metric COLUMN.",
        )
    chosen = telling or free
    notes = [f"Taken as metrics: {', '.join(chosen)} (none was declared)."]
    if left := [name for name in free if name not in chosen]:
        notes.append(f"Not taken as metrics: {', '.join(left)}. Name one with --metric.")
    return list(chosen), notes


def _texts(table: Table, taken: set[str]) -> str:
    """Name what is text though it may be meant as a number, with a value that is none."""
    text = [c for c in table.columns if c.kind == "text" and c.name not in taken]
    parts = []
    for column in text[:3]:
        value = sql.column(column.name)
        is_number = exp.RegexpLike(
            this=value.copy(), expression=exp.Literal.string(r"^[-+]?[0-9]+([.][0-9]+)?$")
        )
        query = table.select(exp.Min(this=value)).where(exp.Not(this=is_number))
        parts.append(f"{column.name!r} holds text, e.g. {str(table.fetch(query)[0][0])[:40]!r}")
    return "".join(f"; {part}" for part in parts)


def _settled(
    metric: Metric | str, *, table: Table, ranges: Mapping[str, Range], missing: Any
) -> Metric:
    if isinstance(metric, str):
        return _metric(metric, table=table, of=ranges[metric], missing=missing)
    if isinstance(metric, Outcome):
        return metric.settled(is_share=ranges[metric.column].is_zero_or_one)
    return metric


def _metric(name: str, *, table: Table, of: Range, missing: Any) -> Metric:
    covariates = tuple(
        c.name
        for c in table.columns
        if c.kind in ("number", "boolean")
        and _is_before(c.name)
        and _stem(c.name) == plain(name)
    )
    if of.is_zero_or_one:
        return Proportion(column=name, covariates=covariates, missing=missing)
    return Mean(column=name, covariates=covariates, missing=missing)


def _is_label(name: str) -> bool:
    key = plain(name)
    return (
        key in {"id", "index", "row", "level_0"}
        or key.startswith("unnamed")
        or (key.endswith(("_id", "_at", "_on", "timestamp")))
    )


def _is_before(name: str) -> bool:
    return bool(set(plain(name).split("_")) & set(_BEFORE))


def _stem(name: str) -> str:
    return "_".join(word for word in plain(name).split("_") if word not in _BEFORE)
