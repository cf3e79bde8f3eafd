"""`leadline.library.funnel`: at which stage most is lost, from one table."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from leadline.analysis.diagnosis import funnel as counts
from leadline.connectors.warehouse import open_table, sql
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.connectors.warehouse.tables import Column, Table

STAGES = {
    "covered": ("covered", "has_data", "in_data"),
    "scored": ("scored", "predicted", "has_score"),
    "chosen": ("chosen", "selected", "above_threshold"),
    "served": ("served", "delivered"),
    "exposed": ("exposed", "shown", "seen", "viewed"),
    "acted": ("acted", "clicked", "converted", "bought"),
}
"""Stage → how its column may be called: data coverage, model, policy, and what follows."""

MEANING = {
    "covered": "data coverage: collect what is missing for these units",
    "scored": "the model: make it answer (or answer in time) for these units",
    "chosen": "the policy: look at the threshold, the rules and the holdout",
    "served": "serving: look at fallbacks, errors and latency",
    "exposed": "the product: place it where it is seen",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class FunnelPage:
    """A funnel with where it was read.

    Attributes
    ----------
    missing : tuple of str
        Stages known by name that no column tells of, between or before those that are there.
    """

    place: str
    funnel: counts.Funnel
    missing: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Where work buys most, in one line."""
        found = self.funnel
        lost = [stage for stage in found.stages if stage.worth > 0]
        first, end = found.stages[0], found.stages[-1]
        if not end.passed and first.entered:
            return _nobody_came(found)
        if not lost:
            return "No stage before the last one loses anything."
        if not found.best:
            return (
                "The counts cannot tell which stage is worth most: the leading one leads in"
                f" {found.probability:.0%} of the draws."
            )
        best = next(stage for stage in lost if stage.name == found.best)
        return (
            f"Work on {best.name} buys most: had it lost none of its"
            f" {best.entered - best.passed:,} units, {best.worth:,.0f}"
            f" [{best.worth_lower:,.0f}, {best.worth_upper:,.0f}] more would have come to"
            f" {end.name}, beside {end.passed:,} that did."
            + (f" {MEANING[best.name].capitalize()}." if best.name in MEANING else "")
        )

    @property
    def gaps(self) -> str:
        """Say which stages no column tells of, in one line; empty where all are there."""
        if not self.missing:
            return ""
        return (
            f"No column tells of {', '.join(self.missing)}: what is lost there counts in the"
            " next stage that is in the table."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON; unknown numbers are None."""
        plain = asdict(self) | {"sentence": self.sentence, "gaps": self.gaps}
        stages = plain["funnel"]["stages"]
        for values in (plain["funnel"], *stages):
            for key, value in values.items():
                if isinstance(value, float) and not np.isfinite(value):
                    values[key] = None
        return plain


def _nobody_came(found: counts.Funnel) -> str:
    """Say where most units stop, when nothing tells what they are worth."""
    most = max(found.stages, key=lambda stage: stage.entered - stage.passed)
    return (
        f"No unit came to {found.stages[-1].name}, so nobody can say what a stage's losses are"
        f" worth. Most units stop before {most.name}: {most.entered - most.passed:,} of"
        f" {most.entered:,}."
    )


def _missing(named: Sequence[str]) -> tuple[str, ...]:
    """Return the known stages before the last one there that are not there."""
    known = list(STAGES)
    if not set(named) <= set(known):
        return ()
    return tuple(name for name in known[: known.index(named[-1])] if name not in named)


def funnel(
    source: Any,
    *,
    stages: Sequence[str] = (),
    table: str = "",
    spark: str = "",
    random_state: int = 0,
) -> FunnelPage:
    """Count how many units pass each stage and say where work buys most.

    Parameters
    ----------
    source : path, address or data frame
        One row a unit that could have been acted on, one column a stage: yes or no, 1 or
        0, or a date that is empty where the stage was not reached.
    stages : sequence of str
        Columns in order; recognised by name where none is given.
    table, spark : str
        As in `leadline.audit`.
    random_state : int
        For the intervals.

    Raises
    ------
    InputError
        Fewer than two stages, or rows that reach a stage without the one before it.
    NotEnoughDataError
        Fewer than 30 units.

    Examples
    --------
    >>> import pandas as pd
    >>> from leadline.library.funnel import funnel
    >>> units = pd.DataFrame({"served": [1] * 80 + [0] * 20, "exposed": [1] * 20 + [0] * 80,
    ...                       "clicked": [1] * 5 + [0] * 95})
    >>> funnel(units).funnel.best
    'exposed'
    """
    opened = open_table(source, table=table, spark=spark)
    named = {name: name for name in stages} or _recognised(opened)
    reached = [_reached(opened.column(column)) for column in named.values()]
    upto = [sql.both(reached[: i + 1]) for i in range(len(reached))]
    skipped = [
        sql.both([now, exp.Not(this=exp.Paren(this=before))])
        for before, now in pairwise(reached)
    ]
    conditions = [*upto, *skipped]
    asked = [sql.named(_counted(c), f"c{i}") for i, c in enumerate(conditions)]
    row = opened.fetch(opened.select(sql.named(sql.count(), "n"), *asked))[0]
    n_units, *found = (int(value or 0) for value in row)
    names = list(named)
    _check_order(names, found[len(names) :], place=opened.place)
    return FunnelPage(
        place=opened.place,
        missing=() if stages else _missing(names),
        funnel=counts.funnel(
            n_units,
            list(zip(names, found[: len(names)], strict=True)),
            rng=np.random.default_rng(random_state),
        ),
    )


def _recognised(table: Table) -> dict[str, str]:
    by_name = {name.lower(): name for name in table.names}
    found = {
        stage: next(by_name[name] for name in known if name in by_name)
        for stage, known in STAGES.items()
        if any(name in by_name for name in known)
    }
    if len(found) < 2:
        known = ", ".join(name for names in STAGES.values() for name in names)
        raise InputError(
            f"{table.place} has {len(found) or 'no'} column{'' if len(found) == 1 else 's'}"
            " known as stages, 2 are needed",
            hint=f"Name them in order with --stage. Known names: {known}.",
        )
    return found


def _reached(column: Column) -> exp.Expr:
    """Return whether a unit reached a stage, never NULL."""
    there = exp.Not(this=sql.is_null(sql.column(column.name)))
    if column.kind in {"number", "boolean"}:
        positive = exp.GT(this=sql.number(column), expression=sql.literal(0.0))
        return sql.both([there, positive])
    if column.kind in {"date", "timestamp"}:
        return there
    raise InputError(
        f"column {column.name!r} is {column.kind}: it does not say yes or no",
        hint="A stage is 1 or 0, true or false, or a date that is empty where not reached.",
    )


def _counted(condition: exp.Expr) -> exp.Expr:
    one, none = exp.Literal.number(1), exp.Literal.number(0)
    return sql.total(exp.case().when(condition.copy(), one).else_(none))


def _check_order(names: list[str], skipped: list[int], *, place: str) -> None:
    for before, now, n in zip(names, names[1:], skipped, strict=False):
        if n:
            raise InputError(
                f"{place}: {n:,} row{' is' if n == 1 else 's are'} {now} without being"
                f" {before}",
                hint="Give the stages in order, each on top of the one before it, or mend"
                " the table.",
            )
