"""How much a saved model depends on each column: each is shuffled, and the score moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadline.errors import ConfigurationError, InputError

ROWS = 2_000
"""Rows of the reference that are scored anew for each column."""


def model_dependence(
    model: Any, columns: Mapping[str, Sequence[Any]], *, rng: np.random.Generator
) -> dict[str, float]:
    """Return the mean move of the score when a column is shuffled, over the score's spread.

    Parameters
    ----------
    model : object
        With `predict_proba`, else `predict`.
    columns : mapping of name to values, shape (n_rows,)
        Rows of the reference, the model's columns in its own order.
    rng : numpy Generator

    Returns
    -------
    dict of column to float
        0 where the model does not look at the column.

    Raises
    ------
    InputError
        The model refuses the rows.
    ConfigurationError
        pandas is not installed.

    References
    ----------
    Fisher, Rudin and Dominici (2019), "All models are wrong, but many are useful",
    Journal of Machine Learning Research 20(177), with the score in the loss's place.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - only where a model is asked
    except ImportError:
        raise ConfigurationError(
            "asking a model needs pandas, which is not installed", hint="pip install pandas"
        ) from None
    rows = pd.DataFrame(columns)
    before = _scores(model, rows)
    spread = float(before.std()) or 1.0
    found = {}
    for name in rows.columns:
        shuffled = rows.copy()
        shuffled[name] = rows[name].to_numpy()[rng.permutation(len(rows))]
        found[str(name)] = float(np.abs(_scores(model, shuffled) - before).mean() / spread)
    return found


def _scores(model: Any, rows: Any) -> NDArray[np.float64]:
    try:
        if hasattr(model, "predict_proba"):
            return np.asarray(model.predict_proba(rows), dtype=float)[:, -1]
        return np.asarray(model.predict(rows), dtype=float)
    except (ValueError, TypeError, KeyError) as error:
        said = str(error).splitlines()[0]
        raise InputError(
            f"the model does not score the reference: {said}",
            hint="Give --dependence FILE, or name the score's column in --score.",
        ) from error
