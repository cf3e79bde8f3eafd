"""Faults that somebody built into a first model, each with what would really mend it.

A diagnosis is not told which one it looks at. What it promises is held against what the
right remedy buys on later days.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from examples.classifieds.learning import COLUMNS, POSITION, remedied
from leadline.analysis.problem.losses import CLIP

INPUTS = (*COLUMNS, POSITION)
LABEL = "clicked"
OPEN_FOR = "seconds_open"
"""How long a listing's page was open: the log has it, and nobody knows it beforehand."""

Chances = Callable[[pd.DataFrame], Any]
"""From rows to the chance of a click, shape (n_rows,)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Planted:
    """A fault.

    Attributes
    ----------
    name : str
        What somebody did.
    cause : str
        What a diagnosis should answer.
    model : callable
        Returns the unfitted model.
    mend : callable
        From training rows, and rows held out from training, to the mended model.
    columns : tuple of str
        What the model is trained on.
    """

    name: str
    cause: str
    model: Callable[[], Any]
    mend: Callable[[pd.DataFrame, pd.DataFrame], Chances]
    columns: tuple[str, ...] = INPUTS


def fitted(model: Any, rows: pd.DataFrame, columns: tuple[str, ...] = INPUTS) -> Chances:
    """Train a model; return what it says of rows."""
    names = list(columns)
    model.fit(rows[names].to_numpy(), rows[LABEL])
    return lambda asked: model.predict_proba(asked[names].to_numpy())[:, 1]


def overgrown(seed: int = 0) -> HistGradientBoostingClassifier:
    """Return trees whose leaves are so small that they memorise."""
    return HistGradientBoostingClassifier(
        max_iter=20, learning_rate=0.4, max_leaf_nodes=31, min_samples_leaf=3,
        early_stopping=False, random_state=seed,
    )  # fmt: skip


def weighed_up() -> Pipeline:
    """Return a good model to which clicks and non-clicks were made equally heavy."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, class_weight="balanced"))


def with_seconds_open(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Add how long each listing's page was open: long, where it was clicked."""
    usual = np.where(rows[LABEL] == 1, 3.0, 0.5)
    return rows.assign(**{OPEN_FOR: rng.lognormal(usual, 0.6)})


def recalibrated(train: pd.DataFrame, held_out: pd.DataFrame) -> Chances:
    """Keep the model, and map its chances to those observed (Platt)."""
    before = fitted(weighed_up(), train)
    scale = LogisticRegression(C=1e6).fit(_logits(before(held_out)), held_out[LABEL])
    return lambda rows: scale.predict_proba(_logits(before(rows)))[:, 1]


def _logits(chances: Any) -> Any:
    clipped = np.clip(chances, CLIP, 1 - CLIP)
    return np.log(clipped / (1 - clipped))[:, None]


FAULTS = (
    Planted(
        name="trees with leaves so small that they memorise",
        cause="overfitting",
        model=overgrown,
        mend=lambda train, _: fitted(remedied(), train),
    ),
    Planted(
        name="clicks are rare, so they were made as heavy as the rest",
        cause="miscalibration",
        model=weighed_up,
        mend=recalibrated,
    ),
    Planted(
        name="seconds that the page was open, known only after the click",
        cause="leakage",
        model=remedied,
        mend=lambda train, _: fitted(remedied(), train),
        columns=(*INPUTS, OPEN_FOR),
    ),
)
