"""Exposures and events with windows → a table with one row a unit, in one query.

A unit counts from its first exposure. Its outcome is what it did in the window that
follows; its covariate is what it did in the window of the same length before. Units whose
window is not over yet are left out, and counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from sqlglot import exp

from leadline.connectors.experiments.names import recognise
from leadline.connectors.experiments.problems import DataProblem
from leadline.connectors.warehouse import sql
from leadline.connectors.warehouse.duck import DuckDB
from leadline.connectors.warehouse.tables import Column, Table
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EXPOSURE_ROLES = ("experiment", "arm", "unit", "day")
EVENT_ROLES = ("unit", "day", "event", "value")


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """One outcome made of events.

    Attributes
    ----------
    name : str
        What its column is called; its covariate is `pre_<name>`.
    event : str
        Which events count; empty for all.
    aggregate : {"sum", "count", "any"}
        The sum of values, the number of events, or whether there was one.
    days : int
        Length of the window from the first exposure, in days of 24 hours.
    days_before : int
        Length of the window before, for a covariate; 0 for none.
    """

    name: str
    event: str = ""
    aggregate: Literal["sum", "count", "any"] = "count"
    days: int = 7
    days_before: int = 0

    def __post_init__(self) -> None:
        if self.days < 1 or self.days_before < 0:
            raise InputError(
                f"{self.name}: a window has at least 1 day, and 0 or more before; got "
                f"{self.days} and {self.days_before}"
            )


def units_from_events(
    exposures: Table,
    events: Table,
    *,
    windows: Sequence[Window],
    exposure_columns: Mapping[str, str] | None = None,
    event_columns: Mapping[str, str] | None = None,
    complete_until: date | None = None,
    since: date | None = None,
) -> tuple[Table, tuple[DataProblem, ...]]:
    """Join exposures and events to a table with one row a unit, read in place.

    Parameters
    ----------
    exposures : Table
        One row an exposure: unit, arm, time; several rows a unit are as they should be.
    events : Table
        One row an event: unit, time, and the event's name and value. Same engine.
    windows : sequence of Window
        All outcomes; one join serves them all.
    exposure_columns, event_columns : mapping of role to column, optional
    complete_until : date, optional
        The last day of which all events are there; units whose window ends later are left
        out. Without it every window counts as over, and units whose window ends after
        the last event are named.
    since : date, optional
        Only units first exposed on or after this day, e.g. the days that are new.

    Returns
    -------
    table, problems
        The derived table with columns `unit`, `arm`, `exposed_at` (and `experiment`) and
        each window's outcome and covariate.

    Raises
    ------
    InputError
        Two engines, no window, or a column that no name tells.
    """
    if exposures.engine is not events.engine:
        raise InputError(
            "exposures and events must be in one engine to be joined",
            hint="Open both with open_pair(), or from one database.",
        )
    if not windows:
        raise InputError("name at least one window, e.g. Window(name='purchases')")
    first = _roles(exposures, EXPOSURE_ROLES, exposure_columns, needs=("arm", "unit", "day"))
    needs = ("unit", "day", *(("event",) if any(w.event for w in windows) else ()))
    needs += ("value",) if any(w.aggregate == "sum" for w in windows) else ()
    then = _roles(events, EVENT_ROLES, event_columns, needs=needs)
    entered = _first_exposures(exposures, first, since=since)
    problems: tuple[DataProblem, ...] = ()
    if complete_until is not None:
        longest = max(window.days for window in windows)
        last = complete_until - timedelta(days=longest - 1)
        problems = _open_windows(exposures, entered, last=last)
        entered = exp.select("*").from_(entered.subquery("entered")).where(_before(last))
    elif since is None:
        problems = _perhaps_open(exposures, entered, events, day=then["day"], windows=windows)
    query = _joined(
        entered,
        events,
        then,
        windows=windows,
        has_experiment="experiment" in first,
        since=since,
    )
    columns = _columns(exposures, first, windows)
    if isinstance(exposures.engine, DuckDB):  # joined once, however many questions follow
        kept = exposures.engine.keep("units_from_events", query)
        return replace(exposures, relation=kept, columns=tuple(columns)), problems
    return exposures.derive(query, columns=columns), problems


def _roles(
    table: Table,
    roles: Sequence[str],
    given: Mapping[str, str] | None,
    *,
    needs: Sequence[str],
) -> dict[str, str]:
    found = recognise(table.names, roles=roles, given=given or {}, place=table.place)
    for role in needs:
        if role not in found:
            raise InputError(
                f"{table.place}: no column tells the {role}",
                hint=f"Say which one is; its columns are: {', '.join(table.names)}.",
            )
    return found


def _first_exposures(
    exposures: Table, roles: Mapping[str, str], *, since: date | None
) -> exp.Select:
    """Write the query for each unit's first exposure, by arm."""
    time = sql.column(roles["day"])
    keys = [sql.column(roles[r]) for r in ("experiment", "unit", "arm") if r in roles]
    names = [r for r in ("experiment", "unit", "arm") if r in roles]
    query = exposures.select(
        *(sql.named(key, name) for key, name in zip(keys, names, strict=True)),
        sql.named(exp.Min(this=exp.cast(time, "TIMESTAMP")), "exposed_at"),
    ).group_by(*(key.copy() for key in keys))
    if since is None:
        return query
    is_time = exposures.column(roles["day"]).kind in ("timestamp", "date")
    raw = time.copy() if is_time else exp.cast(time.copy(), "TIMESTAMP")
    newer = exp.GTE(this=raw, expression=_day(since))
    unit = sql.column(roles["unit"])
    seen = exposures.select(unit).where(newer)  # few: only their earlier rows are grouped
    first = exp.Min(this=exp.cast(time.copy(), "TIMESTAMP"))
    return query.where(exp.In(this=unit.copy(), query=seen.subquery())).having(
        exp.GTE(this=first, expression=_day(since))
    )


def _joined(
    entered: exp.Select,
    events: Table,
    roles: Mapping[str, str],
    *,
    windows: Sequence[Window],
    has_experiment: bool,
    since: date | None,
) -> exp.Select:
    """Write the one join that serves all windows."""
    entered_at, at = (
        exp.column("exposed_at", "e", quoted=True),
        exp.column("at", "v", quoted=True),
    )
    keys = [
        exp.column(name, "e", quoted=True)
        for name in (("experiment",) if has_experiment else ()) + ("unit", "arm", "exposed_at")
    ]
    happened = events.select(
        sql.named(sql.column(roles["unit"]), "unit"),
        sql.named(exp.cast(sql.column(roles["day"]), "TIMESTAMP"), "at"),
        *(sql.named(sql.text(roles["event"]), "event") for _ in "x" if "event" in roles),
        *(
            sql.named(sql.number(events.column(roles["value"])), "value")
            for _ in "x"
            if "value" in roles
        ),
    )
    if since is not None:  # said on the column itself, so that older files are not read
        earliest = since - timedelta(days=max(w.days_before for w in windows))
        happened = happened.where(
            exp.GTE(this=sql.column(roles["day"]), expression=_day(earliest))
        )
    within = sql.both(
        [
            exp.EQ(
                this=exp.column("unit", "e", quoted=True),
                expression=exp.column("unit", "v", quoted=True),
            ),
            exp.GTE(
                this=at, expression=_later(entered_at, -max(w.days_before for w in windows))
            ),
            exp.LT(this=at.copy(), expression=_later(entered_at, max(w.days for w in windows))),
        ]
    )
    outcomes = [
        sql.named(_outcome(window, entered_at, at, before=before), name)
        for window in windows
        for before, name in ((False, window.name), (True, f"pre_{window.name}"))
        if not before or window.days_before
    ]
    return (
        exp.select(*keys, *outcomes)
        .from_(entered.subquery("e"))
        .join(happened.subquery("v"), on=within, join_type="left")
        .group_by(*(key.copy() for key in keys))
    )


def _outcome(window: Window, entered_at: exp.Expr, at: exp.Expr, *, before: bool) -> exp.Expr:
    """Aggregate the events of one window; a unit without any has 0."""
    start, end = (-window.days_before, 0) if before else (0, window.days)
    parts: list[exp.Expr] = [
        exp.GTE(this=at.copy(), expression=_later(entered_at, start)),
        exp.LT(this=at.copy(), expression=_later(entered_at, end)),
    ]
    if window.event:
        event = exp.column("event", "v", quoted=True)
        parts.append(exp.EQ(this=event, expression=exp.Literal.string(window.event)))
    counted = exp.column("value", "v", quoted=True) if window.aggregate == "sum" else None
    one = sql.literal(1.0)
    case = exp.Case().when(sql.both(parts), counted or one)
    whole = exp.Max(this=case) if window.aggregate == "any" else exp.Sum(this=case)
    return exp.func("COALESCE", whole, sql.literal(0.0))


def _open_windows(
    exposures: Table, entered: exp.Select, *, last: date
) -> tuple[DataProblem, ...]:
    late = exp.Not(this=exp.Paren(this=_before(last)))
    query = exp.select(sql.count(), exp.Min(this=sql.text("unit"))).from_(
        entered.copy().subquery("entered")
    )
    count, example = exposures.fetch(query.where(late))[0]
    if not count:
        return ()
    return (
        DataProblem(
            kind="window not over",
            count=int(count),
            example=f"unit {example}",
            sentence=f"Units first exposed after {last} are left out: their window is not over",
            blocks=False,
        ),
    )


def _perhaps_open(
    exposures: Table,
    entered: exp.Select,
    events: Table,
    *,
    day: str,
    windows: Sequence[Window],
) -> tuple[DataProblem, ...]:
    """Name units whose window ends after the last event: nobody said that all are there."""
    longest = max(window.days for window in windows)
    newest = exp.select(exp.Max(this=sql.column("exposed_at"))).from_(
        entered.copy().subquery("entered")
    )
    until = exposures.fetch(newest)[0][0]
    if until is None:
        return ()
    at = exp.cast(sql.column(day), "TIMESTAMP")
    end = exp.cast(
        exp.Literal.string((until + timedelta(days=longest)).isoformat(sep=" ")), "TIMESTAMP"
    )  # a time years ahead is a wrong clock, and tells nothing
    query = events.select(exp.Max(this=at)).where(exp.LT(this=at.copy(), expression=end))
    last_event = events.fetch(query)[0][0]
    if last_event is None:
        return ()
    last = last_event.date() - timedelta(days=longest - 1)
    found = _open_windows(exposures, entered, last=last)
    return tuple(
        replace(
            problem,
            sentence=f"Units were first exposed after {last}, and no event is later than "
            f"{last_event.date()}: their {longest} days may not be over; say --complete-until "
            f"{last_event.date()} to leave them out",
        )
        for problem in found
    )


def _before(last: date) -> exp.Expr:
    return exp.LT(this=sql.column("exposed_at"), expression=_day(last + timedelta(days=1)))


def _day(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), "TIMESTAMP")


def _later(time: exp.Expr, days: int) -> exp.Expr:
    """Return a time some days later, or earlier where `days` is negative."""
    if days == 0:
        return time.copy()
    interval = exp.Interval(this=exp.Literal.string(str(abs(days))), unit=exp.var("DAY"))
    operation = exp.Add if days > 0 else exp.Sub
    return operation(this=time.copy(), expression=interval)


def _columns(
    exposures: Table, roles: Mapping[str, str], windows: Sequence[Window]
) -> list[Column]:
    columns = [
        Column(name=role, kind=exposures.column(roles[role]).kind)
        for role in ("experiment", "unit", "arm")
        if role in roles
    ]
    columns.append(Column(name="exposed_at", kind="timestamp"))
    for window in windows:
        columns.append(Column(name=window.name, kind="number"))
        if window.days_before:
            columns.append(Column(name=f"pre_{window.name}", kind="number"))
    return columns
