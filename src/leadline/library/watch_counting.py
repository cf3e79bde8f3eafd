"""Counting for a look: a reference is begun, days are added, kept counts are continued."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from leadline.analysis.monitoring.counts import Counts
from leadline.connectors.monitoring.counts_sql import ONE_DAY
from leadline.connectors.monitoring.decision_log import as_decisions
from leadline.connectors.monitoring.reading import (
    days_of,
    read_counts,
    read_cuts,
    read_rows,
)
from leadline.connectors.monitoring.roles import Roles
from leadline.connectors.monitoring.state import State
from leadline.connectors.warehouse import Column, open_table, sql
from leadline.errors import InputError
from leadline.library.watch_dependence import ROWS, model_dependence

if TYPE_CHECKING:
    from leadline.connectors.warehouse import Table
    from leadline.connectors.warehouse.tables import Kind


def kept_state(state: str | Path | None) -> State | None:
    """Return what an earlier look kept, if it did."""
    return State.load(Path(state)) if state is not None and Path(state).exists() else None


def refuse_other_plan(
    kept: State, asked: Mapping[str, Sequence[str]], *, state: str | Path | None
) -> None:
    """Refuse options that the kept counts cannot answer, in place of leaving them out."""
    plan = kept.reference.plan
    counted = {column.name for column in plan.columns}
    other = [
        option
        for option, value in asked.items()
        if value
        and (
            not set(value) <= counted
            if option == "columns"
            else value != (kept.day if option == "day" else getattr(plan, option))
        )
    ]
    if other:
        raise InputError(
            f"{state} was begun with another {', another '.join(other)}",
            hint="Give the options that it was begun with, or another file as --state.",
        )


def begin(table: Table, roles: Roles, *, reference: Any, spark: str, days: int) -> State:
    """Cut the columns and count the reference."""
    if reference is not None:
        other = as_decisions(open_table(reference, spark=spark))
        return _begin_from(other, roles)
    by_day = days_of(table, roles.day)
    if len(by_day) < 2:
        raise InputError(
            f"{table.place} holds {len(by_day) or 'no'} day, and there is no other reference",
            hint="Give --reference FILE: predictions of a period that was good.",
        )
    accepted = list(by_day)[: max(1, min(days, len(by_day) // 2))]
    cuts = read_cuts(
        table, roles=roles, until=accepted[-1], n_rows=sum(by_day[d] for d in accepted)
    )
    counts = read_counts(table, plan=cuts.plan, day=roles.day)
    first = {key: values for key, values in counts.cells.items() if key.day <= accepted[-1]}
    rest = {key: values for key, values in counts.cells.items() if key.day > accepted[-1]}
    return State(
        day=roles.day,
        reference=Counts(plan=cuts.plan, cells=first),
        current=Counts(plan=cuts.plan, cells=rest),
        dependence=cuts.dependence,
        open_from=date.max,  # everything was read just now
    )


def _begin_from(other: Table, roles: Roles) -> State:
    """Count a reference of its own; columns that it lacks are not watched."""
    names = set(other.names)
    lacking = [name for name in roles.watched if name not in names]
    own = replace(
        roles,
        day=roles.day if roles.day in names else "",
        watched=tuple(name for name in roles.watched if name in names),
        **{
            role: name if (name := getattr(roles, role)) in names else ""
            for role in ("score", "target", "latency", "fallback", "kpi")
        },
        segments=tuple(name for name in roles.segments if name in names),
    )
    if not own.watched:
        raise InputError(
            f"{other.place} has none of the columns {', '.join(lacking)}",
            hint="A reference has the same columns as the table that is watched.",
        )
    cuts = read_cuts(other, roles=own, n_rows=_n_rows(other))
    counts = read_counts(other, plan=cuts.plan, day=own.day)
    empty = Counts(plan=cuts.plan, cells={})
    return State(
        day=roles.day,
        reference=counts,
        current=empty,
        dependence=cuts.dependence,
        open_from=ONE_DAY,
    )


def extend(table: Table, kept: State, *, last: date) -> tuple[State, tuple[str, ...]]:
    """Read the days that are open, and say which columns are gone.

    Days after `last` are not over yet: they are left out, and read next time.
    """
    current, missing = kept.current, tuple[str, ...]()
    if kept.open_from != date.max:
        whole, missing = _with_lost_columns(table, kept)
        since = max(kept.open_from, ONE_DAY)
        fresh = read_counts(whole, plan=current.plan, day=kept.day, since=since)
        current = current.replace_from(since, fresh)
    done = {key: values for key, values in current.cells.items() if key.day <= last}
    return replace(kept, current=Counts(plan=current.plan, cells=done)), missing


def _with_lost_columns(table: Table, kept: State) -> tuple[Table, tuple[str, ...]]:
    """Put a column without values where one that is counted is gone from the table."""
    table.column(kept.day)
    plan = kept.current.plan
    kinds: dict[str, Kind] = {
        c.name: "number" if c.kind == "number" else "text" for c in plan.columns
    }
    roles: dict[str, Kind] = dict.fromkeys(filter(None, (plan.target, plan.kpi)), "number")
    roles |= dict.fromkeys(filter(None, (plan.fallback, *plan.segments)), "text")
    lost = {name: kind for name, kind in {**roles, **kinds}.items() if name not in table.names}
    if not lost:
        return table, ()
    added = [
        sql.named(exp.cast(exp.null(), "DOUBLE" if kind == "number" else "TEXT"), name)
        for name, kind in lost.items()
    ]
    columns = [*table.columns, *(Column(name=n, kind=kind) for n, kind in lost.items())]
    return table.derive(table.select(exp.Star(), *added), columns=columns), tuple(sorted(lost))


def of_model(predictor: Any, table: Table, kept: State) -> dict[str, float]:
    """Ask the model itself what it depends on; what is not watched is left out."""
    names = [str(name) for name in getattr(predictor, "feature_names_in_", ())]
    plan = kept.reference.plan
    watched = [c.name for c in plan.columns if c.name not in {plan.score, plan.latency}]
    days = kept.reference.days
    rows = read_rows(
        table,
        names=[table.column(name).name for name in names or watched],
        day=kept.day,
        until=days[-1] if kept.open_from == date.max else None,
        n_rows=int(kept.reference.over(days).rows),
        most=ROWS,
    )
    found = model_dependence(predictor, rows, rng=np.random.default_rng(0))
    return {name: share for name, share in found.items() if name in watched}


def _n_rows(table: Table) -> int:
    return int(table.fetch(table.select(exp.Count(this=exp.Star())))[0][0])
