"""How rules write numbers, conditions and outcomes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem

MILLIONS = 1e7
"""Numbers from here on are told in millions."""

LONG = 1e15
"""Larger numbers are written with a power of ten."""

LISTED = 4
"""Categories that a sentence names before it says how many more there are."""


def number(value: float, *, digits: int = 4) -> str:
    """Write a number with the digits that a reader needs: 7,612 or 0.0213."""
    if np.isnan(value):
        return "unknown"
    if MILLIONS <= abs(value) < LONG:
        return f"{number(value / 1e6, digits=digits)} million"
    if 1000 <= abs(value) < LONG:
        return f"{value:,.0f}"
    return f"{value + 0.0:.{digits}g}"  # no -0


def signed(value: float, *, digits: int = 4) -> str:
    """Write a number with its sign where it is above 0: a gain, a change."""
    return f"{'+' if value > 0 else ''}{number(value, digits=digits)}"


def share(value: float) -> str:
    """Write a share as percent."""
    return f"{100 * value:.0f} %" if value == 0 or value >= 0.1 else f"{100 * value:.2g} %"


def day(value: float) -> str:
    """Write days since 1970 as a date."""
    ordinal = int(value) + date(1970, 1, 1).toordinal()
    within = date.min.toordinal() <= ordinal <= date.max.toordinal()
    return date.fromordinal(ordinal).isoformat() if within else number(value)


def outcome(values: NDArray[np.float64], *, problem: Problem) -> str:
    """Write what a rule says of a cell: values of shape (k,), its rates or its mean."""
    if problem.kind == "multiclass":
        likeliest = int(values.argmax())
        return f"{problem.classes[likeliest]} ({share(float(values[likeliest]))})"
    if problem.is_classification:
        said = share(float(values[0]))
        return said if problem.positive in (1, "1") else f"{problem.positive} {said}"
    return number(float(values[0]))


def one_of(name: str, chosen: list[Any], others: list[Any]) -> str:
    """Write "name is a or b", naming whichever side is shorter."""
    if others and len(others) < len(chosen):
        return f"{name} is not {_listed(others)}"
    return f"{name} is {_listed(chosen)}"


def _listed(values: list[Any]) -> str:
    named = [str(value) for value in values[:LISTED]]
    rest = len(values) - LISTED
    if rest > 0:
        return f"{', '.join(named)} or {rest} more"
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} or {named[-1]}"
