"""The user's own metric: by name, as a function, or as a scikit-learn scorer."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.problem import losses, measures
from leadline.analysis.problem.measures import Queries, Rows, Whole
from leadline.analysis.problem.models import brief
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.problem.kinds import Problem

DEFAULTS = {
    "binary": "roc_auc",
    "multiclass": "log_loss",
    "regression": "rmse",
    "forecast": "rmse",
    "ranking": "ndcg",
    "click": "normalised_entropy",
}

METRIC = "A metric is a function (y_true, y_pred) or (y_true, y_score) that returns a number."

QUERY_METRICS: dict[str, Queries] = {
    "ndcg": losses.ndcg_per_query,
    "mrr": measures.mrr_per_query,
    "recall": measures.recall_per_query,
}

BINARY_METRICS: dict[str, Whole] = {
    "roc_auc": measures.roc_auc,
    "average_precision": measures.average_precision,
    "f1": measures.f1,
    "balanced_accuracy": measures.balanced_accuracy,
}

NUMBER_METRICS: dict[str, Whole] = {"rmse": measures.rmse, "r2": measures.r2}

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
        (y, scores, sample_weight) → float, or of a ranking (y, scores, groups); nan where
        it is undefined.
    per_row : callable or None
        (y, scores) → (n,), where the metric is the mean of something per row.
    per_query : callable or None
        (y, scores, queries) → (n_queries,), where the metric is a mean over queries.
    """

    name: str
    greater_is_better: bool
    whole: Whole
    per_row: Rows | None = None
    per_query: Queries | None = None

    def __call__(
        self,
        y: NDArray[Any],
        scores: NDArray[np.float64],
        *,
        groups: Any = None,
        sample_weight: NDArray[np.float64] | None = None,
    ) -> float:
        """Measure scores against the encoded target."""
        if self.per_query is not None:
            return self.whole(y, scores, groups)
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


def _named(name: str, *, problem: Problem) -> Metric | None:
    """Return a metric of our own, None where scikit-learn has to know the name."""
    make = partial(Metric, name=name, greater_is_better=name not in LOWER_IS_BETTER)
    rows = _row_metrics(problem).get(name)
    if rows is not None:
        return make(whole=partial(measures.average, rows), per_row=rows)
    if problem.kind in {"binary", "click"} and name in BINARY_METRICS:
        return make(whole=BINARY_METRICS[name])
    if problem.kind in {"regression", "forecast"} and name in NUMBER_METRICS:
        return make(whole=NUMBER_METRICS[name])
    if problem.kind == "ranking" and name in QUERY_METRICS:
        per_query = QUERY_METRICS[name]
        return make(whole=partial(measures.mean_over_queries, per_query), per_query=per_query)
    if name in {"ndcg", "mrr", *NUMBER_METRICS, *_ALL_ROW_METRICS}:
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
        return _defined(lambda: function(y, given, **weights), name=name)

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
        return _defined(
            lambda: found(model, np.arange(y.size)[:, None], y, **weights), name=name
        )

    _try_out(found, name, problem=problem)
    return Metric(name=name, greater_is_better=True, whole=whole)


def _try_out(scorer: Any, name: str, *, problem: Problem) -> None:
    """Refuse a scorer that does not fit the kind, on a few rows that have every class."""
    from leadline.analysis.problem.answered import answered  # noqa: PLC0415

    k = max(len(problem.classes), 2)
    y = np.tile(np.arange(k), 5)
    scores = (
        np.full((y.size, k), 1 / k) if problem.kind == "multiclass" else np.full(y.size, 0.5)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            scorer(answered(scores, problem=problem), np.arange(y.size)[:, None], y)
        except (ValueError, TypeError, AttributeError) as error:
            why = f": {error}" if isinstance(error, ValueError) else ""
            raise InputError(
                f"{name} does not fit a {problem.kind} problem{why}",
                hint=f"Its own metric is {DEFAULTS[problem.kind]}; `kind` overrides the kind.",
            ) from None


def _scorer_name(scorer: Any) -> str:
    function = getattr(scorer, "_score_func", scorer)
    return str(getattr(function, "__name__", "scorer"))


def _defined(measure: Callable[[], Any], *, name: str) -> float:
    """Measure; a metric that refuses these rows (one class, no positives) is undefined.

    Raises
    ------
    InputError
        The user's function raised something else, or gave no number.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = measure()
        except ValueError:
            return np.nan
        except Exception as error:
            raise InputError(
                f"metric {name} raised {type(error).__name__}: {brief(error)}", hint=METRIC
            ) from error
    if not isinstance(value, int | float | np.number | np.bool_):
        raise InputError(f"metric {name} gave {value!r}, which is no number", hint=METRIC)
    return float(value)


def of_loss(problem: Problem) -> Metric:
    """Return the metric that is the kind's own proper loss; defined on any rows."""
    names = {"binary": "log_loss", "multiclass": "log_loss", "click": "log_loss"}
    default = "ndcg" if problem.kind == "ranking" else "mse"
    return resolve_metric(names.get(problem.kind, default), problem=problem)
