"""`leadline.watch`: a model in front of users, by counts of the table of its predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from leadline.analysis.monitoring.health import failures
from leadline.analysis.monitoring.look import look
from leadline.analysis.monitoring.reference import Reference
from leadline.analysis.monitoring.signals import Limits
from leadline.connectors.monitoring.changes import last_change
from leadline.connectors.monitoring.decision_log import as_decisions
from leadline.connectors.monitoring.roles import find_roles
from leadline.connectors.monitoring.state import State
from leadline.connectors.warehouse import open_table
from leadline.errors import InputError
from leadline.library.watch_counting import (
    begin,
    extend,
    kept_state,
    of_model,
    refuse_other_plan,
)
from leadline.library.watch_new_values import new_values
from leadline.library.watch_result import Watch

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
    kept = kept_state(state)
    if kept is not None:
        asked = {**said, "day": day, "columns": tuple(columns), "segments": tuple(segments)}
        refuse_other_plan(kept, asked, state=state)
    else:
        roles = find_roles(opened, day=day, columns=columns, segments=segments, **said)
        kept = begin(opened, roles, reference=reference, spark=spark, days=reference_days)
        if predictor is not None:
            other = opened if reference is None else open_table(reference, spark=spark)
            kept = replace(kept, dependence=of_model(predictor, as_decisions(other), kept))
    last = today - timedelta(days=grace_days)
    known, missing = extend(opened, kept, last=last)
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
        limits=limits or Limits(),
        own_reference="" if reference is None else str(reference),
        is_decision_log=opened is not given,
    )
    return replace(
        found,
        changes=_changes(found, code=code, starts=starts),
        new_values=new_values(opened, found, day=known.day),
    )


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
