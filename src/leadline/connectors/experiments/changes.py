"""A list of changes: one row a change, with what was predicted and what was measured."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, get_args

from leadline.analysis.experiments.ledger_lines import Change, Holdout, Proof
from leadline.connectors.experiments.names import plain, recognise, said
from leadline.connectors.warehouse import sql
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadline.connectors.warehouse.tables import Table

ROLES = (
    "change", "concluded_on", "shipped", "proof", "measured", "measured_se", "ci_lower",
    "ci_upper", "predicted", "predicted_se", "reach", "baseline", "project", "holdout",
)  # fmt: skip

_YES = frozenset(["true", "yes", "y", "1", "1_0", "shipped", "ship"])


def is_list_of_changes(table: Table, *, given: Mapping[str, str]) -> bool:
    """Whether a table lists changes with their effects, not results by arm."""
    found = recognise(
        table.names, roles=("measured",), given=_of(given, ("measured",)), place=table.place
    )
    return "measured" in found


def read_changes(
    table: Table, *, given: Mapping[str, str]
) -> tuple[tuple[Change, ...], Holdout | None]:
    """Read a list of changes, and its holdout where a row is one.

    Parameters
    ----------
    table : Table
        Columns change, concluded_on, measured, and measured_se or both ends of a 95 %
        interval; optional: shipped (yes by default), proof, predicted, predicted_se,
        reach, baseline, project, holdout. A row with neither concluded_on nor measured
        is a hypothesis that waits, and is left out. A row with a yes under
        `holdout` measures all shipped changes together.
    given : mapping of role to column

    Raises
    ------
    InputError
        A column is absent, a value cannot be read (names the row), or nothing is concluded.
    """
    roles = recognise(table.names, roles=ROLES, given=_of(given, ROLES), place=table.place)
    for role in ("change", "concluded_on"):
        if role not in roles:
            raise InputError(
                f"{table.place}: a ledger needs a column {role}",
                hint=f"Say it: {said(role, 'COLUMN')}. Columns: {', '.join(table.names)}.",
            )
    columns = [sql.text(name) for name in roles.values()]
    query = table.select(*(sql.named(column, f"c{i}") for i, column in enumerate(columns)))
    rows = [dict(zip(roles, row, strict=True)) for row in table.fetch(query)]
    waiting = [row for row in rows if _is_waiting(row)]
    if rows and len(waiting) == len(rows):
        raise InputError(
            f"{table.place}: none of the {len(rows)} changes is concluded",
            hint="Fill in concluded_on, measured and measured_se when an experiment is over;"
            " `leadline experiments queue` says what to try first.",
        )
    rows = [row for row in rows if not _is_waiting(row)]
    changes = tuple(_change(row) for row in rows if not _is_yes(row.get("holdout")))
    return changes, _holdout(rows, changes)


def _of(given: Mapping[str, str], roles: Sequence[str]) -> dict[str, str]:
    return {role: name for role, name in given.items() if role in roles}


def _change(row: Mapping[str, Any]) -> Change:
    key = row["change"] or ""
    measured, error = _number(row, "measured"), _standard_error(row)
    proof = plain(row.get("proof") or ("experiment" if error is not None else "opinion"))
    allowed = get_args(Proof)
    if proof not in allowed:
        raise InputError(
            f"{key}: proof {row['proof']!r} is unknown", hint=f"Allowed: {', '.join(allowed)}."
        )
    predicted = _number(row, "predicted")
    if proof != "experiment":  # nobody measured it in front of users: what it says is a guess
        predicted = measured if predicted is None else predicted
        measured = error = None
    return Change(
        key=key,
        concluded_on=_day(row["concluded_on"], key=key),
        shipped=row.get("shipped") is None or _is_yes(row["shipped"]),
        proof=proof,  # type: ignore[arg-type]  # checked against the literal's own values
        measured=measured,
        measured_se=error,
        predicted=predicted,
        predicted_se=_number(row, "predicted_se") or 0.0,
        reach=1.0 if (reach := _number(row, "reach")) is None else reach,
        baseline=_is_yes(row.get("baseline")),
        project=row.get("project") or "",
    )


def _is_waiting(row: Mapping[str, Any]) -> bool:
    """Whether nobody has tried it yet: a hypothesis among the changes."""
    return all(row.get(role) in {None, ""} for role in ("concluded_on", "measured"))


def _holdout(rows: Sequence[Mapping[str, Any]], changes: Sequence[Change]) -> Holdout | None:
    held = [row for row in rows if _is_yes(row.get("holdout"))]
    if not held:
        return None
    if len(held) > 1:
        raise InputError(f"one row may be the holdout, got {len(held)}")
    row = held[0]
    measured, error = _number(row, "measured"), _standard_error(row)
    if measured is None or error is None:
        raise InputError(f"{row['change']}: a holdout needs measured and measured_se")
    until = _day(row["concluded_on"], key=row["change"])
    covers = tuple(
        c.key for c in changes if c.shipped and not c.baseline and c.concluded_on <= until
    )
    reach = _number(row, "reach")
    return Holdout(
        covers=covers,
        measured=measured,
        measured_se=error,
        reach=1.0 if reach is None else reach,
    )


def _standard_error(row: Mapping[str, Any]) -> float | None:
    """Return the standard error, from a 95 % interval where that is what is told."""
    told = _number(row, "measured_se")
    lower, upper = _number(row, "ci_lower"), _number(row, "ci_upper")
    if told is not None or lower is None or upper is None:
        return told
    return (upper - lower) / (2 * 1.959963984540054)


def _number(row: Mapping[str, Any], role: str) -> float | None:
    value = row.get(role)
    if value is None or value == "":
        return None
    try:
        return float(value)
    except ValueError:
        raise InputError(f"{row['change']}: {role} is no number: {value!r}") from None


def _day(value: Any, *, key: str) -> date:
    try:
        return datetime.fromisoformat(str(value).strip()).date()
    except ValueError:
        raise InputError(
            f"{key}: concluded_on is no date: {value!r}", hint="Write 2026-03-31."
        ) from None


def _is_yes(value: Any) -> bool:
    return value is not None and plain(str(value)) in _YES
