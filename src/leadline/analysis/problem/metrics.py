"""The user's own metric: by name, as a function, or as a scikit-learn scorer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from scipy.stats import rankdata

from leadline.analysis.problem import losses
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem

Rows: TypeAlias = Callable[["NDArray[Any]", "NDArray[np.float64]"], "NDArray[np.float64]"]
Whole: TypeAlias = Callable[..., float]

DEFAULTS = {
    "binary": "roc_auc",
    "multiclass": "log_loss",
    "regression": "rmse",
    "forecast": "rmse",
    "ranking": "ndcg",
    "click": "normalised_entropy",
}

LOWER_IS_BETTER = {"log_loss", "brier", "rmse", "mse", "mae", "normalised_entropy"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """How the user measures success.

    Attributes
    ----------
    name : str
        As the user calls it.
    greater_is_better : bool
        Whether a larger value is better.
    whole : callable
        (y, scores, groups, sample_weight) → float; nan where it is undefined.
    per_row : callable or None
        (y, scores) → (n,), where the metric is the mean of something per row.
    per_group : callable or None
        (y, scores) of one query → float, where it is a mean over queries.
    """

    name: str
    greater_is_better: bool
    whole: Whole
    per_row: Rows | None = None
    per_group: Callable[[NDArray[Any], NDArray[np.float64]], float] | None = None

    def __call__(
        self,
        y: NDArray[Any],
        scores: NDArray[np.float64],
        *,
        groups: Any = None,
        sample_weight: NDArray[np.float64] | None = None,
    ) -> float:
        """Measure scores against the encoded target."""
        if self.per_group is not None:
            return _mean_over_queries(y, scores, groups, measure=self.per_group)
        if self.per_row is not None:
            return float(np.average(self.per_row(y, scores), weights=sample_weight))
        return self.whole(y, scores, sample_weight)


def resolve_metric(metric: Any, *, problem: Problem) -> Metric:
    """Find the metric that the user means.

    Parameters
    ----------
    metric : str, callable, scorer or None
        A name (`roc_auc`, `average_precision`, `accuracy`, `balanced_accuracy`, `f1`,
        `log_loss`, `brier`, `rmse`, `mse`, `mae`, `r2`, `ndcg`, `mrr`, `recall`,
        `normalised_entropy`), any other name of a scikit-learn scorer, a function
        `f(y_true, y_pred)` or `f(y_true, y_score)`, or a scorer. None takes the kind's
        own. A function is better when greater unless its name says loss or error.

    Raises
    ------
    InputError
        The name is unknown, or the metric does not fit the kind of problem.
    """
    metric = metric or DEFAULTS[problem.kind]
    if isinstance(metric, Metric):
        return metric
    if isinstance(metric, str):
        return _named(metric, problem=problem) or _scorer(metric, problem=problem)
    if not callable(metric):
        raise InputError(f"{metric!r} is no metric", hint="Pass a name or a function.")
    if hasattr(metric, "_response_method") or type(metric).__name__.endswith("Scorer"):
        return _scorer(metric, problem=problem)
    return _function(metric, problem=problem)


def labels_of(scores: NDArray[np.float64], *, problem: Problem) -> NDArray[Any]:
    """Turn probabilities into class codes: the likeliest, or at least one half."""
    if problem.kind == "multiclass":
        return np.asarray(scores.argmax(axis=1))
    if problem.is_classification:
        return np.asarray((scores >= 0.5).astype(np.int64))
    return scores


def roc_auc(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    """Area under the ROC curve by ranks, ties counting half; nan with one class only."""
    if sample_weight is not None:
        from sklearn.metrics import roc_auc_score  # noqa: PLC0415 (a second to import)

        two = 0 < y.sum() < y.size
        return (
            float(roc_auc_score(y, scores, sample_weight=sample_weight)) if two else np.nan
        )
    n_pos = int(y.sum())
    n_neg = y.size - n_pos
    if not n_pos or not n_neg:
        return np.nan
    ranks = rankdata(scores)
    return float((ranks[y == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg))


def _named(name: str, *, problem: Problem) -> Metric | None:
    """Return a metric of our own, None where scikit-learn has to know the name."""
    make = partial(Metric, name=name, greater_is_better=name not in LOWER_IS_BETTER)
    rows = _row_metrics(problem).get(name)
    if rows is not None:
        return make(whole=_undefined, per_row=rows)
    if name == "roc_auc" and problem.kind in {"binary", "click"}:
        return make(whole=roc_auc)
    if name == "rmse" and not problem.is_classification:
        return make(whole=_rmse)
    if problem.kind == "ranking" and name in QUERY_METRICS:
        return make(whole=_undefined, per_group=QUERY_METRICS[name])
    if name in {"ndcg", "mrr", "rmse", *_ALL_ROW_METRICS}:
        raise InputError(
            f"{name} does not fit a {problem.kind} problem",
            hint=f"Its own metric is {DEFAULTS[problem.kind]}; `kind` overrides the kind.",
        )
    return None


def _row_metrics(problem: Problem) -> dict[str, Rows]:
    if problem.kind == "ranking":
        return {}
    loss = partial(losses.row_loss, problem=problem)
    if not problem.is_classification:
        return {"mse": loss, "mae": lambda y, scores: np.abs(y - scores)}
    found: dict[str, Rows] = {
        "log_loss": loss,
        "accuracy": lambda y, s: (labels_of(s, problem=problem) == y).astype(np.float64),
    }
    if problem.kind == "click":
        found["normalised_entropy"] = loss
        found["log_loss"] = lambda y, s: loss(y, s) * losses.entropy(y)
    if problem.kind in {"binary", "click"}:
        found["brier"] = lambda y, s: (y - s) ** 2
    return found


_ALL_ROW_METRICS = {"log_loss", "accuracy", "brier", "mse", "mae", "normalised_entropy"}


def _undefined(*_: Any) -> float:
    return np.nan


def _rmse(
    y: NDArray[Any],
    scores: NDArray[np.float64],
    sample_weight: NDArray[np.float64] | None = None,
) -> float:
    return float(np.sqrt(np.average((y - scores) ** 2, weights=sample_weight)))


def _mrr(y: NDArray[Any], scores: NDArray[np.float64]) -> float:
    if not (y > 0).any():
        return np.nan
    best = scores[y > 0].max()
    return float(1 / (1 + np.sum(scores > best) + np.sum((scores == best) & (y <= 0)) / 2))


def _recall(y: NDArray[Any], scores: NDArray[np.float64]) -> float:
    if not (y > 0).any():
        return np.nan
    top = np.argsort(-scores, kind="stable")[: losses.AT]
    return float(np.sum(y[top] > 0) / np.sum(y > 0))


QUERY_METRICS = {"ndcg": losses.ndcg_of_query, "mrr": _mrr, "recall": _recall}


def _mean_over_queries(
    y: NDArray[Any], scores: NDArray[np.float64], groups: Any, *, measure: Any
) -> float:
    if groups is None:
        raise InputError(
            "a ranking metric needs the query of each row", hint="Pass `groups`."
        )
    values = losses.per_query(y, scores, losses.group_codes(groups), measure=measure)
    return float(np.nanmean(values)) if np.isfinite(values).any() else np.nan


def _function(function: Callable[..., Any], *, problem: Problem) -> Metric:
    name = str(getattr(function, "__name__", type(function).__name__))
    lower = any(word in name for word in ("loss", "error", "deviance"))
    wants_scores = _wants_scores(function, name=name)

    def whole(
        y: NDArray[Any],
        scores: NDArray[np.float64],
        sample_weight: NDArray[np.float64] | None = None,
    ) -> float:
        given = scores if wants_scores else labels_of(scores, problem=problem)
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        return _defined(lambda: function(y, given, **weights))

    return Metric(name=name, greater_is_better=not lower, whole=whole)


def _wants_scores(function: Callable[..., Any], *, name: str) -> bool:
    try:
        second = list(inspect.signature(function).parameters)[1]
    except (ValueError, IndexError):
        return False
    return name == "log_loss" or any(word in second for word in ("score", "prob"))


def _scorer(scorer: Any, *, problem: Problem) -> Metric:
    from sklearn.metrics import get_scorer  # noqa: PLC0415 (a second to import)

    name = scorer if isinstance(scorer, str) else _scorer_name(scorer)
    try:
        found = get_scorer(scorer)
    except ValueError:
        raise InputError(
            f"metric {scorer!r} is unknown",
            hint="Pass roc_auc, average_precision, accuracy, f1, log_loss, rmse, mae, r2, "
            "ndcg or any scorer's name of scikit-learn.",
        ) from None

    def whole(
        y: NDArray[Any],
        scores: NDArray[np.float64],
        sample_weight: NDArray[np.float64] | None = None,
    ) -> float:
        from leadline.analysis.problem.answered import answered  # noqa: PLC0415

        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        model = answered(scores, problem=problem)
        return _defined(lambda: found(model, np.arange(y.size)[:, None], y, **weights))

    return Metric(name=name, greater_is_better=True, whole=whole)


def _scorer_name(scorer: Any) -> str:
    function = getattr(scorer, "_score_func", scorer)
    return str(getattr(function, "__name__", "scorer"))


def _defined(measure: Callable[[], Any]) -> float:
    """Measure; a metric that refuses these rows (one class, no positives) is undefined."""
    import warnings  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(measure())
        except ValueError:
            return np.nan
