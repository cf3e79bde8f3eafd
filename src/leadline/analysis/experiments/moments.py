"""Mergeable pilot-centred moments: all that inference needs to know about an arm.

Sums are taken around a pilot centre, a constant close to the mean that all arms and
days of an experiment share. Days, shards and segments then simply add up, and the
variance keeps its digits where `Σx² − (Σx)²/n` loses all of them (a mean that is 10⁸
standard deviations away from zero).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

MissingPolicy = Literal["error", "exclude", "zero"]
"""What a row without a value means: a mistake, no observation, or nothing happened."""

OUTCOMES = frozenset({"y", "numerator", "denominator"})
"""The columns whose missing values the policy governs; all others are covariates."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moments:
    """Moments of the k columns of one metric in one arm, around a pilot centre.

    Attributes
    ----------
    columns : tuple of str, length k
        `("y",)` for a mean or a proportion, `("numerator", "denominator")` for a ratio,
        then the covariates.
    n : int
        Units (or trials) counted.
    n_missing : int
        Rows without a value; never part of `n`.
    pilot : tuple of float, length k
        The centre c, fixed for all arms and days of an experiment.
    sums : tuple of float, length k
        Σ(x − c).
    products : tuple of tuple of float, k × k
        Σ(x − c)(x − c)ᵀ, symmetric.

    References
    ----------
    Chan, Golub and LeVeque (1983), "Algorithms for computing the sample variance",
    The American Statistician 37(3), section 3 (shifted data).
    """

    columns: tuple[str, ...]
    n: int
    n_missing: int = 0
    pilot: tuple[float, ...]
    sums: tuple[float, ...]
    products: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        k = len(self.columns)
        lengths = {len(self.pilot), len(self.sums), len(self.products)}
        if lengths | {len(row) for row in self.products} != {k} or k == 0:
            raise InputError(
                f"moments of {k} columns {self.columns} need as many centres and sums, and "
                "a square matrix of products"
            )
        if self.n < 0 or self.n_missing < 0:
            raise InputError(
                f"counts are never negative, got n={self.n}, n_missing={self.n_missing}"
            )
        if not all(map(math.isfinite, chain(self.pilot, self.sums, *self.products))):
            raise InputError(
                f"moments of {self.columns} must be finite; a value is infinite or absurd",
                hint="Look for infinite values in the column, and mend or exclude them.",
            )

    @classmethod
    def from_arrays(
        cls,
        values: Mapping[str, ArrayLike],
        *,
        pilot: tuple[float, ...] | None = None,
        missing: MissingPolicy = "error",
    ) -> Self:
        """Sum up one arm's rows.

        Parameters
        ----------
        values : mapping of column name to array of shape (n_rows,)
            In the order of `columns`. NaN is a missing value; an infinite one is refused.
            A covariate has no missing values: fill them and add an indicator column, as
            `with_missing_indicator` does.
        pilot : tuple of float, optional
            The experiment's centre; the rows' own mean where it is not given.
        missing : {"error", "exclude", "zero"}
            What a missing outcome means.

        Raises
        ------
        InputError
            Arrays of unequal length, infinite values, missing values where none may be.
        """
        columns = tuple(values)
        arrays = [np.asarray(values[name], dtype=float) for name in columns]
        if len({array.shape for array in arrays}) != 1 or arrays[0].ndim != 1:
            shapes = {name: array.shape for name, array in zip(columns, arrays, strict=True)}
            raise InputError(f"columns must be one-dimensional and equally long, got {shapes}")
        table = np.column_stack(arrays)
        table, n_missing = _without_missing(table, columns=columns, missing=missing)
        if pilot is None:
            pilot = tuple(table.mean(axis=0).tolist()) if len(table) else (0.0,) * len(columns)
        # Squares that leave the range of doubles are refused when the moments are built.
        with np.errstate(over="ignore", invalid="ignore"):
            centred = table - np.asarray(pilot)
            products = _rows(centred.T @ centred)
        return cls(
            columns=columns,
            n=len(table),
            n_missing=n_missing,
            pilot=pilot,
            sums=tuple(centred.sum(axis=0).tolist()),
            products=products,
        )

    @classmethod
    def from_counts(cls, *, successes: int, n: int, n_missing: int = 0) -> Self:
        """Sum up a proportion: `successes` of `n` trials."""
        if not 0 <= successes <= n:
            raise InputError(f"successes must lie within 0–n, got {successes} of {n}")
        total = float(successes)
        return cls(
            columns=("y",),
            n=n,
            n_missing=n_missing,
            pilot=(0.0,),
            sums=(total,),
            products=((total,),),
        )

    @classmethod
    def from_mean_sd(cls, *, n: int, mean: float, sd: float, n_missing: int = 0) -> Self:
        """Rebuild one column from a published mean and standard deviation (ddof = 1)."""
        if n < 1 or not sd >= 0:
            raise InputError(f"needs n ≥ 1 and sd ≥ 0, got n={n}, sd={sd}")
        return cls(
            columns=("y",),
            n=n,
            n_missing=n_missing,
            pilot=(mean,),
            sums=(0.0,),
            products=((sd * sd * (n - 1),),),
        )

    @property
    def mean(self) -> NDArray[np.float64]:
        """Means of the columns, shape (k,); needs one unit."""
        if self.n < 1:
            raise NotEnoughDataError(f"a mean of {self.columns} needs at least 1 row, got 0")
        return np.asarray(self.pilot) + np.asarray(self.sums) / self.n

    @property
    def covariance(self) -> NDArray[np.float64]:
        """Sample covariance of the columns (ddof = 1), shape (k, k); needs two units."""
        if self.n < 2:
            raise NotEnoughDataError(
                f"the variance of {self.columns} needs at least 2 rows, got {self.n}"
            )
        sums = np.asarray(self.sums)
        within = np.asarray(self.products) - np.outer(sums, sums) / self.n
        return np.asarray(within / (self.n - 1), dtype=float)

    def select(self, *columns: str) -> Self:
        """Return the moments of these columns only, in this order."""
        unknown = [name for name in columns if name not in self.columns]
        if unknown:
            raise InputError(f"no column {unknown} in {self.columns}")
        at = [self.columns.index(name) for name in columns]
        return type(self)(
            columns=columns,
            n=self.n,
            n_missing=self.n_missing,
            pilot=tuple(self.pilot[i] for i in at),
            sums=tuple(self.sums[i] for i in at),
            products=tuple(tuple(self.products[i][j] for j in at) for i in at),
        )

    def recentre(self, pilot: tuple[float, ...]) -> Self:
        """Return the same moments around another centre."""
        sums = np.asarray(self.sums)
        shift = np.asarray(self.pilot) - np.asarray(pilot)
        cross = np.outer(sums, shift)
        products = np.asarray(self.products) + cross + cross.T
        return type(self)(
            columns=self.columns,
            n=self.n,
            n_missing=self.n_missing,
            pilot=pilot,
            sums=tuple((sums + self.n * shift).tolist()),
            products=_rows(products + self.n * np.outer(shift, shift)),
        )

    def __add__(self, other: Self) -> Self:
        """Merge two disjoint sets of units; both must share columns and centre."""
        if (self.columns, self.pilot) != (other.columns, other.pilot):
            raise InputError(
                f"moments of {self.columns} around {self.pilot} do not add to those of "
                f"{other.columns} around {other.pilot}",
                hint="Bring them to one centre with recentre() first.",
            )
        return type(self)(
            columns=self.columns,
            n=self.n + other.n,
            n_missing=self.n_missing + other.n_missing,
            pilot=self.pilot,
            sums=tuple((np.asarray(self.sums) + np.asarray(other.sums)).tolist()),
            products=_rows(np.asarray(self.products) + np.asarray(other.products)),
        )


def with_missing_indicator(
    covariates: Mapping[str, ArrayLike], *, fill: float = 0.0
) -> dict[str, NDArray[np.float64]]:
    """Fill a covariate's gaps with a constant and mark them in a column of their own.

    Units without a history (new users) then stay in the analysis. Which constant fills
    the gap changes nothing, because the indicator takes up the difference.

    Parameters
    ----------
    covariates : mapping of name to array of shape (n_rows,)
        NaN where a unit has no value.
    fill : float
        What stands in the gap.

    Returns
    -------
    dict of str to array
        Each covariate, followed by its `<name>_missing` (0 or 1).
    """
    filled: dict[str, NDArray[np.float64]] = {}
    for name, given in covariates.items():
        array = np.asarray(given, dtype=float)
        gaps = np.isnan(array)
        filled[name] = np.where(gaps, fill, array)
        filled[f"{name}_missing"] = gaps.astype(float)
    return filled


def _without_missing(
    table: NDArray[np.float64], *, columns: tuple[str, ...], missing: MissingPolicy
) -> tuple[NDArray[np.float64], int]:
    """Apply the policy to missing outcomes; return the rows that count, and how many not."""
    if np.isinf(table).any():
        row, at = np.argwhere(np.isinf(table))[0]
        raise InputError(f"{columns[at]} is infinite in row {row}; values must be finite")
    gaps = np.isnan(table)
    outcome = np.array([name in OUTCOMES for name in columns])
    if gaps[:, ~outcome].any():
        raise InputError(
            f"a covariate of {columns} has missing values",
            hint="Fill them and add an indicator column: with_missing_indicator(…).",
        )
    if missing == "zero":
        return np.where(gaps, 0.0, table), 0
    rows = gaps.any(axis=1)
    n_missing = int(rows.sum())
    if n_missing and missing == "error":
        raise InputError(
            f"{n_missing} of {len(table)} rows have no value, the first is row "
            f"{int(rows.argmax())}",
            hint='Declare what that means: missing="zero" or missing="exclude".',
        )
    return table[~rows], n_missing


def _rows(matrix: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in matrix.tolist())
