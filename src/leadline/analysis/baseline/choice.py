"""Which rules are tried for each kind of problem, and which is best on training rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline import constants, history, orders, rates, splits
from leadline.analysis.baseline.rows import folds
from leadline.analysis.problem.losses import loss_mean

if TYPE_CHECKING:
    from leadline.analysis.baseline.rows import Rows, Rule
    from leadline.analysis.problem.kinds import Problem
    from leadline.analysis.problem.metrics import Metric

N_FOLDS = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A rule and what it reached on training rows that it had not seen.

    Attributes
    ----------
    rule : Rule
        Fitted on all training rows.
    loss : float
        Proper loss, averaged over folds.
    metric : float
        The user's metric, averaged over the folds where it is defined; nan where none is.
    """

    rule: Rule
    loss: float
    metric: float


def fit_rules(
    rows: Rows,
    *,
    problem: Problem,
    metric: Metric,
    horizon: float,
    rng: np.random.Generator,
) -> list[Rule]:
    """Fit every rule that this kind of problem and this table allow."""
    if problem.kind == "ranking":
        found = _ranking(rows, problem=problem)
    else:
        found = _predicting(rows, problem=problem, metric=metric, rng=rng)
    if rows.time is not None and problem.kind not in {"multiclass", "ranking"}:
        found += [
            history.last_value(rows, horizon=horizon),
            history.recent_mean(rows, horizon=horizon),
            history.same_day_last_week(rows, horizon=horizon),
        ]
    return [rule for rule in found if rule is not None]


def try_rules(
    rows: Rows,
    *,
    problem: Problem,
    metric: Metric,
    horizon: float,
    rng: np.random.Generator,
) -> list[Trial]:
    """Fit every rule, and judge each on training rows that it was not fitted on.

    Returns
    -------
    list of Trial
        Best first in the user's metric, or in the loss where the metric is undefined.
    """
    fit_all = partial(fit_rules, problem=problem, metric=metric, horizon=horizon, rng=rng)
    fitted = fit_all(rows)
    reached: dict[str, list[tuple[float, float]]] = {rule.name: [] for rule in fitted}
    for fit, judge in folds(rows, problem=problem, n_folds=N_FOLDS, rng=rng):
        judged = rows.take(judge)
        for rule in fit_all(rows.take(fit)):
            scores = rule.score(judged)
            groups = judged.groups
            loss = loss_mean(judged.y, scores, problem=problem, groups=groups)
            value = metric(judged.y, scores, groups=groups)
            reached.setdefault(rule.name, []).append((loss, value))
    trials = [_trial(rule, reached[rule.name]) for rule in fitted]
    sign = -1.0 if metric.greater_is_better else 1.0
    defined = all(np.isfinite(trial.metric) for trial in trials)
    return sorted(trials, key=lambda t: (sign * t.metric if defined else 0.0, t.loss))


def _predicting(
    rows: Rows, *, problem: Problem, metric: Metric, rng: np.random.Generator
) -> list[Rule | None]:
    use_median = metric.name in {"mae", "neg_mean_absolute_error", "mean_absolute_error"}
    found = splits.search(rows, problem=problem, rng=rng, use_median=use_median)
    if problem.is_classification:
        constant: list[Rule | None] = [constants.prior(rows, problem=problem)]
    else:
        constant = [constants.mean(rows), constants.median(rows)]
    rules = [
        *constant,
        splits.one_feature(found, problem=problem),
        splits.steps(found, problem=problem),
        splits.two_features(found, problem=problem),
        rates.historical_rate(rows, problem=problem),
    ]
    if problem.kind == "click":
        rules.append(rates.position_only(rows, problem=problem))
    return rules


def _ranking(rows: Rows, *, problem: Problem) -> list[Rule | None]:
    sides = orders.read_sides(rows)
    return [
        constants.as_it_comes(),
        orders.one_column(rows),
        orders.recent(rows),
        orders.most_used(rows) or rates.popular(rows, problem=problem),
        orders.search_words(sides, rows),
        orders.same_category(sides),
        orders.nearest(sides, rows),
    ]


def _trial(rule: Rule, reached: list[tuple[float, float]]) -> Trial:
    values = np.array(reached, dtype=np.float64).reshape(-1, 2)
    known = values[np.isfinite(values[:, 1]), 1]
    return Trial(
        rule=rule,
        loss=float(values[:, 0].mean()) if values.size else np.inf,
        metric=float(known.mean()) if known.size else np.nan,
    )
