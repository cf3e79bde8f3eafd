"""A model for the home page: its training rows come from the log, its scores go on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.classifieds.market import Shown
from examples.classifieds.pages import Features

COLUMNS = (
    "distance",
    "price",
    "price_gap",
    "affinity",
    "age",
    "popularity",
    "photos",
    "answers",
)
POSITION = "position"
"""A row's place on its page. People tire: what stood below was seen less, not liked less."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model as a ranker: the chance of a click, each candidate as if it stood on top.

    The model was fitted on arrays of `columns` and the position.
    """

    model: Any
    columns: tuple[str, ...] = COLUMNS

    def __call__(self, page: Features) -> Any:
        """Score candidates."""
        columns = [np.asarray(page[name]) for name in self.columns]
        shape = columns[0].shape
        rows = np.column_stack([*(c.ravel() for c in columns), np.zeros(columns[0].size)])
        return self.model.predict_proba(rows)[:, 1].reshape(shape)


class Shuffled:
    """A random order for a share of the pages, so that the log can judge any other order."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def __call__(self, page: Features) -> Any:
        """Score candidates by chance."""
        return self._rng.random(np.shape(page["age"]))


def rows_of(shown: Shown) -> pd.DataFrame:
    """Return what the log kept of pages, one row a listing shown."""
    n_pages, n_shown = shown.listing.shape
    columns: dict[str, Any] = {
        name: np.take_along_axis(shown.features[name], shown.place, axis=1).ravel()
        for name in COLUMNS
    }
    columns[POSITION] = np.tile(np.arange(n_shown), n_pages)
    columns["page"] = np.repeat(np.arange(n_pages) + shown.requests.day * 1_000_000, n_shown)
    columns["user"] = np.repeat(shown.requests.user, n_shown)
    columns["clicked"] = shown.clicked.ravel().astype(np.int64)
    columns["contacted"] = shown.contacted.ravel().astype(np.int64)
    return pd.DataFrame(columns)


def remedied() -> Pipeline:
    """Return what the diagnosis asked for: a regularised linear model."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1))
