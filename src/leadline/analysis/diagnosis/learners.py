"""What can be trained here: the user's model and its variations.

A learner is a name and one function: training rows in, a scorer out. The user's own
object is never changed; clones are trained.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis.remedies import Variation, locate
from leadline.analysis.diagnosis.samples import CALLED
from leadline.analysis.problem.encoding import kind_of
from leadline.analysis.problem.models import brief, model_name, predict
from leadline.analysis.problem.quiet import quiet
from leadline.analysis.problem.tables import columns, lent, take
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.case import Clock
    from leadline.analysis.diagnosis.samples import Sample
    from leadline.analysis.problem.kinds import Problem

Scorer = Callable[["Sample"], "NDArray[np.float64]"]
"""Rows in, scores out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Learner:
    """Something that can be trained on rows.

    Attributes
    ----------
    name : str
        Stable name, the key of caches.
    remedy : str
        How to get it, as an instruction with concrete parameters.
    is_reference : bool
        Whether it is another learner than the user's.
    train : callable
        `Sample` → `Scorer`.
    """

    name: str
    remedy: str
    train: Callable[[Sample], Scorer]
    is_reference: bool = False


def clocked(learner: Learner, clock: Clock) -> Learner:
    """Return the learner as one that trains only while there is time."""

    def train(sample: Sample) -> Scorer:
        clock.go_on()
        return learner.train(sample)

    return replace(learner, train=train)


class UserModel:
    """The model that was handed in, with the few things we may do to it.

    Parameters
    ----------
    given : estimator, pipeline, booster, callable or None
    problem : Problem
    clock : Clock, optional
        Nothing is trained any more once its budget is spent.
    """

    def __init__(self, given: Any, *, problem: Problem, clock: Clock | None = None) -> None:
        self.given = given
        self.problem = problem
        self.clock = clock
        self.can_train = _cloneable(given)
        self.name = model_name(_last_step(given))

    @property
    def trainable(self) -> Any:
        """What a clone is made of: of a finished search, its winner."""
        return _unwrapped(self.given)

    def is_fitted(self, sample: Sample) -> bool:
        """Whether it already predicts (asked with a few rows)."""
        if not self.can_train:
            return True
        few = sample.take(np.arange(min(5, len(sample))))
        try:
            with quiet():
                predict(self.given, few.X, problem=self.problem)
        except Exception:  # noqa: BLE001 (any failure means: train it first)
            return False
        return True

    def scorer(self, fitted: Any) -> Scorer:
        """Return the scorer of a fitted model."""

        def score(sample: Sample) -> NDArray[np.float64]:
            with quiet():
                of = CALLED.get(sample.name, "")
                return predict(fitted, sample.X, problem=self.problem, of=of)

        return score

    def learner(self, variation: Variation | None = None) -> Learner:
        """Return the model, or a variation of it, as something to train."""
        if not self.can_train:
            fixed = self.scorer(self.given)
            return Learner(name=self.name, remedy=self.name, train=lambda _: fixed)
        inner = locate(self.trainable)[1]
        name = type(inner).__name__

        def train(sample: Sample) -> Scorer:
            if self.clock is not None:
                self.clock.go_on()
            return self.scorer(self._fit(sample, variation))

        if variation is None:
            return Learner(name=self.name, remedy=f"{name} as it is", train=train)
        return Learner(name=variation.text(name), remedy=variation.text(name), train=train)

    def _fit(self, sample: Sample, variation: Variation | None) -> Any:
        model = _clone(self.trainable)
        path, inner = locate(model)
        if variation is not None and variation.replacement is not None:
            model = _replaced(model, path.removesuffix("__"), variation.replacement)
        elif variation is not None:
            model.set_params(**{path + key: v for key, v in variation.params.items()})
        _hush(inner)
        X, labels, options = _fit_arguments(sample, inner=inner, path=path)
        try:
            with quiet():
                return model.fit(lent(X), labels, **options) or model
        except (Exception, SystemExit) as error:  # a model must not end the program
            raise InputError(
                f"{self.name} raised {type(error).__name__} while training on"
                f" {len(sample)} rows: {brief(error)}",
                hint=_what_now(sample),
            ) from error


def _what_now(sample: Sample) -> str:
    empty = [name for name, values in columns(sample.X) if kind_of(values) == "empty"]
    if empty:
        some = ", ".join(empty[:5]) + (", …" if len(empty) > 5 else "")
        return f"No training row has a value in {some}: drop what is empty, or fill it."
    return "Check that a fresh copy of it trains on this very table."


def _cloneable(given: Any) -> bool:
    if not (hasattr(given, "fit") and hasattr(given, "get_params")):
        return False
    try:
        _clone(_unwrapped(given))
    except Exception:  # noqa: BLE001 (a foreign object may fail in any way)
        return False
    return True


def _clone(model: Any) -> Any:
    from sklearn.base import clone  # noqa: PLC0415 (import leadline stays light)

    with quiet():
        try:
            return clone(model)
        except (TypeError, RuntimeError):  # constructors that change what they are given
            return type(model)(**copy.deepcopy(model.get_params(deep=False)))


def _last_step(model: Any) -> Any:
    """Return what learns in a pipeline: it is what people call the model by."""
    while hasattr(model, "steps"):
        model = model.steps[-1][1]
    return model


def _unwrapped(model: Any) -> Any:
    """Return the winner of a finished search: searching again would cost every trial."""
    return getattr(model, "best_estimator_", model)


def _replaced(model: Any, path: str, replacement: Any) -> Any:
    if not path:
        return _clone(replacement)
    return model.set_params(**{path: _clone(replacement)})


def _hush(inner: Any) -> None:
    """Keep boosters from writing to the screen and the disk, and each fit to one thread.

    Fits run side by side already; threads of their own, which some libraries open whatever
    limit is set around them, would only wait for each other.
    """
    quieter: dict[str, dict[str, Any]] = {
        "CatBoost": {"allow_writing_files": False, "verbose": 0, "thread_count": 1},
        "LGBM": {"verbosity": -1},
    }
    if hasattr(inner, "n_jobs"):
        inner.set_params(n_jobs=1)
    for prefix, settings in quieter.items():
        if type(inner).__name__.startswith(prefix):
            with suppress(Exception):
                inner.set_params(**settings)


def _fit_arguments(sample: Sample, *, inner: Any, path: str) -> tuple[Any, Any, dict[str, Any]]:
    """Return table, target and options; rankers want rows in order of their query."""
    options: dict[str, Any] = {}
    name = type(inner).__name__
    if sample.groups is not None and name in {"LGBMRanker", "XGBRanker"}:
        order = np.argsort(sample.groups.astype(str), kind="stable")
        sizes = np.unique(sample.groups.astype(str), return_counts=True)[1]
        options[f"{path}group"] = sizes
        labels = None if sample.labels is None else sample.labels[order]
        return take(sample.X, order), labels, options
    if sample.weight is not None:
        options[f"{path}sample_weight"] = sample.weight
    return sample.X, sample.labels, options


def constant_scorer(y: NDArray[Any], *, problem: Problem) -> Scorer:
    """Predict what training rows have on average."""
    constant: Any = float(np.mean(y))
    if problem.kind == "multiclass":
        constant = np.bincount(y, minlength=len(problem.classes)) / len(y)

    def score(rows: Sample) -> NDArray[np.float64]:
        return (
            np.tile(constant, (len(rows), 1))
            if np.ndim(constant)
            else np.full(len(rows), constant)
        )

    return score
