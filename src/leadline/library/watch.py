"""`leadline.watch`: a model in front of users, by counts of the table of its predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlglot import exp

from leadline.analysis.monitoring.counts import Counts
from leadline.analysis.monitoring.health import failures
from leadline.analysis.monitoring.look import look
from leadline.analysis.monitoring.reference import Reference
from leadline.analysis.monitoring.signals import Limits
from leadline.connectors.monitoring.changes import last_change
from leadline.connectors.monitoring.counts_sql import ONE_DAY
from leadline.connectors.monitoring.decision_log import as_decisions
from leadline.connectors.monitoring.reading import (
    days_of,
    read_counts,
    read_cuts,
    read_rows,
)
from leadline.connectors.monitoring.roles import Roles, find_roles
from leadline.connectors.monitoring.state import State
from leadline.connectors.warehouse import Column, open_table, sql
from leadline.errors import InputError
from leadline.library.watch_dependence import ROWS, model_dependence
from leadline.library.watch_result import Watch

if TYPE_CHECKING:
    from leadline.connectors.warehouse import Table
    from leadline.connectors.warehouse.tables import Kind

REFERENCE_DAYS = 28
"""Days of the table that count as accepted, where no reference is given; at most half."""

LABEL_DAYS = 14
"""Days for which outcomes are still waited for, and days read again."""


def watch(
    source: Any,
    *,
    today: date | None = None,
    reference: Any = None,
    table: str = "",
    spark: str = "",
    model: str = "",
    owner: str = "",
    day: str = "",
    columns: Sequence[str] = (),
    segments: Sequence[str] = (),
    score: str = "",
    target: str = "",
    latency: str = "",
    fallback: str = "",
    kpi: str = "",
    dependence: Mapping[str, float] | None = None,
    predictor: Any = None,
    state: str | Path | None = None,
    code: str | Path | None = None,
    starts: Sequence[tuple[date, str]] = (),
    reference_days: int = REFERENCE_DAYS,
    label_days: int = LABEL_DAYS,
    grace_days: int = 1,
    limits: Limits | None = None,
) -> Watch:
    """Look at a model by the table of its predictions or decisions.

    Parameters
    ----------
    source : path, `postgresql://…` address, or data frame
        One row a prediction, with a day or time. A folder of Parquet that a decision log
        was rotated to is recognised.
    today : date, optional
        The day of the look, by default the reader's own; rows of it are not waited for.
    reference : path, address or data frame, optional
        The accepted period; without it, the first days of the table.
    table, spark : str
        As for `leadline.experiments`.
    model, owner : str
        What it is called, and who is asked.
    day, columns, segments, score, target, latency, fallback, kpi
        Columns and their roles; without them, by the usual names.
    dependence : mapping of column to float, optional
        How much the model depends on each column. Without it, how much of the score's
        variance the column explains in the reference.
    predictor : object, optional
        The model itself, with `predict_proba` or `predict`: how far shuffling a column of
        the reference moves its score is its dependence then. Needs pandas.
    state : path, optional
        Keeps counts between looks, so that a new day costs a read of that day.
    code : path, optional
        The folder of the model's code in a git repository: an alert names the last commit
        that touched it before the alert began.
    starts : sequence of (day, what)
        Other things that began, such as experiments: the last one before an alert is
        named as well.
    reference_days, label_days, grace_days : int
        Accepted days without a reference; days in which outcomes still come; days that
        rows may be late by.
    limits : Limits, optional

    Raises
    ------
    InputError
        The table cannot be used as it is.
    ConnectorError
        The other system did not answer.
    """
    today = today or date.today()  # noqa: DTZ011 - the reader's own calendar day
    given = open_table(source, table=table, spark=spark)
    opened = as_decisions(given)
    said = {
        "score": score,
        "target": target,
        "latency": latency,
        "fallback": fallback,
        "kpi": kpi,
    }
    kept = _kept(state)
    if kept is not None:
        asked = {**said, "day": day, "columns": tuple(columns), "segments": tuple(segments)}
        _refuse_other_plan(kept, asked, state=state)
    else:
        roles = find_roles(opened, day=day, columns=columns, segments=segments, **said)
        kept = _begin(opened, roles, reference=reference, spark=spark, days=reference_days)
        if predictor is not None:
            other = opened if reference is None else open_table(reference, spark=spark)
            kept = replace(kept, dependence=_of_model(predictor, as_decisions(other), kept))
    last = today - timedelta(days=grace_days)
    known, missing = _extend(opened, kept, last=last)
    wait = label_days if known.reference.plan.has_labels else 0
    known = replace(known, open_from=last - timedelta(days=wait - 1))
    if dependence is not None:
        known = replace(known, dependence=_checked(dependence, known))
    if state is not None:
        known.save(Path(state))
    accepted = Reference(counts=known.reference, days=known.reference.days)
    found = Watch(
        model=model or Path(opened.place.partition("#")[2] or opened.place).stem,
        owner=owner,
        place=opened.place,
        today=today,
        reference=accepted,
        current=known.current,
        dependence=known.dependence,
        sent=known.sent,
        failures=failures(
            known.current,
            reference=accepted,
            today=today,
            missing=missing,
            grace_days=grace_days,
        ),
        look=look(
            known.current,
            reference=accepted,
            dependence=known.dependence,
            limits=limits or Limits(),
        ),
        own_reference="" if reference is None else str(reference),
        is_decision_log=opened is not given,
    )
    return replace(found, changes=_changes(found, code=code, starts=starts))


def _changes(
    found: Watch, *, code: str | Path | None, starts: Sequence[tuple[date, str]]
) -> tuple[str, ...]:
    """Return what changed last before the first alert that stands began."""
    if found.since is None:
        return ()
    changes = []
    if code is not None:
        commit = last_change(Path(code), until=found.since)
        changes += [str(commit)] if commit else []
    begun = [(day, what) for day, what in starts if day <= found.since]
    if begun:
        day, what = max(begun)
        changes.append(f"{day} {what}")
    return tuple(changes)


def _kept(state: str | Path | None) -> State | None:
    return State.load(Path(state)) if state is not None and Path(state).exists() else None


def _refuse_other_plan(
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


def _begin(table: Table, roles: Roles, *, reference: Any, spark: str, days: int) -> State:
    """Cut the columns and count the reference."""
    if reference is not None:
        other = as_decisions(open_table(reference, spark=spark))
        return _begin_from(other, roles)
    by_day = days_of(table, roles.day)
    if len(by_day) < 2:
        raise InputError(
            f"{table.place} holds {len(by_day)} days, and there is no other reference",
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


def _extend(table: Table, kept: State, *, last: date) -> tuple[State, tuple[str, ...]]:
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


def _of_model(predictor: Any, table: Table, kept: State) -> dict[str, float]:
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


def _checked(dependence: Mapping[str, float], known: State) -> dict[str, float]:
    """Refuse a dependence on columns that are not watched, or below 0."""
    names = {column.name for column in known.reference.plan.columns}
    wrong = [name for name, share in dependence.items() if name not in names or share < 0]
    if wrong:
        raise InputError(
            f"the dependence names {', '.join(wrong)}",
            hint=f"Give numbers from 0 on, for: {', '.join(sorted(names))}.",
        )
    return {name: float(share) for name, share in dependence.items()}


def _n_rows(table: Table) -> int:
    return int(table.fetch(table.select(exp.Count(this=exp.Star())))[0][0])
