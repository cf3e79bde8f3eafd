"""The loss funnel: of everything that could have been acted on, where most is lost.

A unit passes stages in order: data coverage → model → policy → served → exposed → acted.
What a stage loses is worth what those units would have done afterwards, had they passed
and then fared as the others did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEVEL = 0.80
"""Two-sided level of the intervals."""

CERTAIN = 0.9
"""A stage is named where it is worth most in this share of the draws."""

DRAWS = 2_000
LEAST = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One stage.

    Attributes
    ----------
    name : str
    entered, passed : int
        Units.
    share : float
        passed / entered; nan where nothing entered.
    worth, worth_lower, worth_upper : float
        Units that would have passed the last stage too, had this one lost none; nan for
        the last stage, whose losses are the users' own choice, and where the rates of
        later stages are unknown.
    """

    name: str
    entered: int
    passed: int
    share: float
    worth: float
    worth_lower: float
    worth_upper: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Funnel:
    """All stages, and where work buys most.

    Attributes
    ----------
    stages : tuple of Stage
    best : str
        The stage whose losses are worth most; empty where the counts cannot tell.
    probability : float
        Share of the draws in which the leading stage led; nan where nothing is lost.
    """

    stages: tuple[Stage, ...]
    best: str
    probability: float


def funnel(
    n_units: int, passed: Sequence[tuple[str, int]], *, rng: np.random.Generator
) -> Funnel:
    """Say what each stage loses and what that is worth at the end.

    Parameters
    ----------
    n_units : int
        Units that could have been acted on.
    passed : sequence of (stage, count)
        Units that passed this stage and all before it, in order.
    rng : Generator
        For the intervals: counts by last stage are drawn from a Dirichlet distribution.

    Raises
    ------
    InputError
        Fewer than two stages, or a count above the one before it.
    NotEnoughDataError
        Fewer than 30 units.
    """
    if len(passed) < 2:
        raise InputError(f"a funnel needs at least 2 stages, got {len(passed)}")
    counts = np.array([n_units, *(count for _, count in passed)], dtype=np.float64)
    if (np.diff(counts) > 0).any() or counts[-1] < 0:
        said = ", ".join(f"{count:,.0f}" for count in counts)
        raise InputError(f"counts must fall from stage to stage, got {said}")
    if n_units < LEAST:
        raise NotEnoughDataError(f"a funnel needs at least {LEAST} units, got {n_units}")
    left = -np.diff(counts)
    # one more unit than seen everywhere: a stage that lost none may lose some
    drawn = rng.dirichlet(np.append(left, counts[-1]) + 0.5, size=DRAWS) * n_units
    reached = n_units - np.cumsum(drawn[:, :-1], axis=1)
    reached = np.column_stack([np.full(DRAWS, float(n_units)), np.maximum(reached, 1e-12)])
    worths = _worth(reached)
    names = [name for name, _ in passed]
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = _worth(counts[None, :])[0]
    tail = (1 - LEVEL) / 2
    stages = tuple(
        Stage(
            name=name,
            entered=int(counts[i]),
            passed=int(counts[i + 1]),
            share=float(counts[i + 1] / counts[i]) if counts[i] else float("nan"),
            worth=float(exact[i]),
            worth_lower=_quantile(worths[:, i], tail, known=bool(np.isfinite(exact[i]))),
            worth_upper=_quantile(worths[:, i], 1 - tail, known=bool(np.isfinite(exact[i]))),
        )
        for i, name in enumerate(names)
    )
    best, probability = _best(names, worths, left)
    return Funnel(stages=stages, best=best, probability=probability)


def _worth(reached: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return lost units × the rate of all later stages, by stage; nan for the last one."""
    lost = reached[:, :-1] - reached[:, 1:]
    end = reached[:, -1:]
    worth: NDArray[np.float64] = lost * (end / reached[:, 1:])
    worth[:, -1] = np.nan
    return worth


def _quantile(values: NDArray[np.float64], share: float, *, known: bool) -> float:
    return float(np.quantile(values, share)) if known else float("nan")


def _best(
    names: Sequence[str], worths: NDArray[np.float64], left: NDArray[np.float64]
) -> tuple[str, float]:
    if not left[:-1].any():
        return "", float("nan")
    leading = np.bincount(worths[:, :-1].argmax(axis=1), minlength=len(names))
    first = int(leading.argmax())
    probability = float(leading[first] / DRAWS)
    return (names[first] if probability >= CERTAIN else ""), probability
