"""Adjusted p-values where several things are tested at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


def holm(pvalues: Sequence[float]) -> NDArray[np.float64]:
    """Adjust p-values so that the chance of any false alarm stays below alpha.

    Parameters
    ----------
    pvalues : sequence of float, shape (n_tests,)
        Within 0–1, in any order. A test without a p-value does not belong here.

    Returns
    -------
    array of shape (n_tests,)
        Reject where it is at most alpha.

    References
    ----------
    Holm (1979), "A simple sequentially rejective multiple test procedure",
    Scandinavian Journal of Statistics 6(2).
    """
    given = _checked(pvalues)
    order = np.argsort(given, kind="stable")
    factors = len(given) - np.arange(len(given))
    stepped = np.maximum.accumulate(given[order] * factors)
    return _in_place(np.minimum(stepped, 1.0), order=order)


def benjamini_hochberg(pvalues: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values so that the expected share of false alarms stays below alpha.

    Parameters
    ----------
    pvalues : array of shape (n_tests,)
        Within 0–1, in any order; NaN, a test that could not be made, counts as 1.

    Returns
    -------
    array of shape (n_tests,)
        Reject where it is at most alpha.

    References
    ----------
    Benjamini and Hochberg (1995), "Controlling the false discovery rate", JRSS B 57(1).
    """
    given = _checked(np.nan_to_num(np.asarray(pvalues, dtype=float), nan=1.0))
    order = np.argsort(given, kind="stable")
    factors = len(given) / (1 + np.arange(len(given)))
    stepped = np.minimum.accumulate((given[order] * factors)[::-1])[::-1]
    return _in_place(np.minimum(stepped, 1.0), order=order)


def _checked(pvalues: ArrayLike) -> NDArray[np.float64]:
    given = np.asarray(pvalues, dtype=float)
    if given.ndim != 1 or not ((given >= 0) & (given <= 1)).all():
        raise InputError(f"p-values must lie within 0–1, got {given.tolist()}")
    return given


def _in_place(ordered: NDArray[np.float64], *, order: NDArray[np.intp]) -> NDArray[np.float64]:
    adjusted = np.empty_like(ordered)
    adjusted[order] = ordered
    return adjusted
