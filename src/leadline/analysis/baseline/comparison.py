"""A model against a rule on the same test rows: by how much, where not, and its worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.problem import losses
from leadline.analysis.problem.intervals import (
    Difference,
    metric_difference,
    paired_difference,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.baseline.rows import Rows
    from leadline.analysis.problem.kinds import Problem
    from leadline.analysis.problem.metrics import Metric


FEWEST_BLOCKS = 8
"""Blocks of time below which their number says too little about their spread."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """What rule and model reach on test rows.

    Attributes
    ----------
    rule_value, model_value : float
        The user's metric.
    gain : Difference
        In the user's metric; positive means that the model is better.
    rule_loss, model_loss : float
        Mean proper loss, named `loss_name`.
    loss_gain : Difference
        Loss of the rule minus loss of the model.
    unit_gains : array of shape (m,)
        What the model saves per row (or query): what segments are judged by.
    clusters : array of shape (m,) or None
        Which of these belong together.
    """

    rule_value: float
    model_value: float
    gain: Difference
    rule_loss: float
    model_loss: float
    loss_name: str
    loss_gain: Difference
    unit_gains: NDArray[np.float64]
    clusters: NDArray[Any] | None


def compare(
    test: Rows,
    rule_scores: NDArray[np.float64],
    model_scores: NDArray[np.float64],
    *,
    problem: Problem,
    metric: Metric,
    rng: np.random.Generator,
    level: float = 0.95,
) -> Comparison:
    """Measure both on the same rows.

    See `clusters_of` for what counts as one in every interval.
    """
    y = test.y
    groups = clusters_of(test, problem=problem)
    of_rule = losses.proper_loss(y, rule_scores, problem=problem, groups=groups)
    of_model = losses.proper_loss(y, model_scores, problem=problem, groups=groups)
    gain = metric_difference(
        metric, y, model_scores, rule_scores, groups=groups, level=level, rng=rng
    )
    per_row = metric.per_row
    unit_gains = of_rule.values - of_model.values
    if per_row is not None:
        sign = 1.0 if metric.greater_is_better else -1.0
        unit_gains = sign * (per_row(y, model_scores) - per_row(y, rule_scores))
    return Comparison(
        rule_value=metric(y, rule_scores, groups=groups),
        model_value=metric(y, model_scores, groups=groups),
        gain=gain,
        rule_loss=_mean(of_rule.values),
        model_loss=_mean(of_model.values),
        loss_name=of_rule.name,
        loss_gain=paired_difference(
            of_rule.values, of_model.values, clusters=of_rule.clusters, level=level
        ),
        unit_gains=unit_gains,
        clusters=of_rule.clusters,
    )


def clusters_of(test: Rows, *, problem: Problem) -> NDArray[Any] | None:
    """Say which rows count as one: a group's, or those of neighbouring moments.

    Neighbouring moments share their weather, so rows in order of time count in blocks;
    where test rows span too few moments for that, groups or rows count again.
    """
    if test.time is None or problem.kind == "ranking":
        return test.groups
    blocks = time_blocks(test.time)
    return blocks if int(blocks.max()) + 1 >= FEWEST_BLOCKS else test.groups


def time_blocks(time: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number blocks of neighbouring moments, as many moments each as the cube root of all.

    References
    ----------
    Lahiri (2003), Resampling methods for dependent data, section 7.4: the length of
    blocks that is best for a variance grows with the cube root of the sample.
    """
    moments, place = np.unique(time, return_inverse=True)
    length = max(1, int(np.ceil(moments.size ** (1 / 3))))
    return np.asarray(place.ravel() // length, dtype=np.int64)


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else np.nan
