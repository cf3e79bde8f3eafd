"""Rows as rules see them, and the rule itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from leadline.analysis.problem import tables
from leadline.analysis.problem.encoding import as_numbers, kind_of
from leadline.analysis.problem.losses import group_codes
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.encoding import Encoder
    from leadline.analysis.problem.kinds import Problem
    from leadline.analysis.problem.tables import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Rows of one table with everything that a rule may look at.

    Attributes
    ----------
    table : table
        As the user gave it.
    matrix : array of shape (n, k)
        The same, encoded; `encoder` names its columns.
    y : array of shape (n,)
        The encoded target. A rule looks at it in `fit`; later only rules of history do,
        and only at rows that lie before the one they score.
    groups : array of shape (n,) or None
        The query, series, user or request of each row.
    time : array of shape (n,) or None
        Days since 1970, or whatever unit the user's numbers have.
    dated : bool
        Whether `time` is in days.
    """

    table: Table
    matrix: NDArray[np.float64]
    encoder: Encoder
    y: NDArray[Any]
    groups: NDArray[Any] | None = None
    time: NDArray[np.float64] | None = None
    dated: bool = False

    def take(self, rows: NDArray[Any]) -> Rows:
        """Return these rows, by position."""
        return replace(
            self,
            table=tables.take(self.table, rows),
            matrix=self.matrix[rows],
            y=self.y[rows],
            groups=None if self.groups is None else self.groups[rows],
            time=None if self.time is None else self.time[rows],
        )

    @property
    def n(self) -> int:
        """How many rows there are."""
        return int(self.y.size)


Score: TypeAlias = Callable[[Rows], "NDArray[np.float64]"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule without machine learning.

    Attributes
    ----------
    name : str
        What kind of rule: "prior", "one feature", "last value" …
    sentence : str
        The whole rule, as one says it to a product manager.
    score : callable
        Rows → scores in the shape of the problem's kind.
    """

    name: str
    sentence: str
    score: Score


def read_rows(
    table: Table,
    y: Any,
    *,
    encoder: Encoder,
    problem: Problem,
    groups: Any = None,
    time: Any = None,
    of: str = "",
) -> Rows:
    """Check that everything has one length, and encode it.

    Raises
    ------
    InputError
        Lengths differ, or a row has no time.
    """
    n = tables.n_rows(table)
    target = problem.encode(y, of=of)
    moments = None if time is None else tables.vector(time, name="time")
    clusters = None if groups is None else tables.vector(groups, name="groups")
    for name, values in (("y", target), ("time", moments), ("groups", clusters)):
        if values is not None and values.size != n:
            raise InputError(
                f"{name} has {values.size} values for {n} {of} rows".replace("  ", " "),
                hint="Pass one value per row, in the same order.",
            )
    if problem.kind == "ranking" and clusters is None:
        raise InputError(
            "a ranking needs to know which rows belong to one query",
            hint="Pass the query of each row as `groups`.",
        )
    when = None if moments is None else as_numbers(moments)
    if when is not None and np.isnan(when).any():
        raise InputError("some rows have no time", hint="Drop them, or leave `time` out.")
    return Rows(
        table=table,
        matrix=encoder.transform(table),
        encoder=encoder,
        y=target,
        groups=clusters,
        time=when,
        dated=moments is not None and kind_of(moments) == "date",
    )


def row_numbers(table: Table) -> list[str]:
    """Return the columns that only number the rows, and so foretell nothing honestly."""
    return [name for name, values in tables.columns(table) if _numbers_rows(values)]


def _numbers_rows(values: NDArray[Any]) -> bool:
    if values.dtype.kind not in "iu" or values.size < 100:
        return False
    span = int(values.max()) - int(values.min()) + 1
    return span <= 2 * values.size and np.unique(values).size == values.size


def folds(
    rows: Rows, *, problem: Problem, n_folds: int, rng: np.random.Generator
) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Split rows into (fit, judge) pairs: later rows judge, groups stay whole.

    Time-ordered rows give one pair: the last `1 / n_folds` judge what the earlier say.
    """
    if rows.time is not None:
        order = np.argsort(rows.time, kind="stable")
        cut = rows.n - max(1, rows.n // n_folds)
        return [(order[:cut], order[cut:])] if cut else []
    if rows.groups is not None:
        codes = group_codes(rows.groups)
        fold = rng.permutation(int(codes.max()) + 1)[codes] % n_folds
    elif problem.is_classification:  # every class in every part
        shuffled = rng.permutation(rows.n)
        by_class = shuffled[np.argsort(rows.y[shuffled], kind="stable")]
        fold = np.empty(rows.n, dtype=np.int64)
        fold[by_class] = np.arange(rows.n) % n_folds
    else:
        fold = rng.permutation(rows.n) % n_folds
    pairs = [(np.flatnonzero(fold != i), np.flatnonzero(fold == i)) for i in range(n_folds)]
    return [(fit, judge) for fit, judge in pairs if fit.size and judge.size]
