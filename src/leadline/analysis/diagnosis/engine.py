"""The engine: adopt the model, plan within the budget, try every cause, judge together."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.case import Case, Clock, loss_floor
from leadline.analysis.diagnosis.causes.calibration import calibration
from leadline.analysis.diagnosis.causes.capacity import capacity
from leadline.analysis.diagnosis.causes.data_quality import data_quality
from leadline.analysis.diagnosis.causes.data_size import data_size
from leadline.analysis.diagnosis.causes.imbalance import imbalance
from leadline.analysis.diagnosis.causes.leakage import leakage
from leadline.analysis.diagnosis.causes.missing_information import missing_information
from leadline.analysis.diagnosis.causes.noise import noise
from leadline.analysis.diagnosis.causes.shift import shift
from leadline.analysis.diagnosis.inputs import Given, read
from leadline.analysis.diagnosis.judge import judge
from leadline.analysis.diagnosis.learners import Learner, UserModel, constant_scorer
from leadline.analysis.diagnosis.report import assemble, undecided
from leadline.analysis.diagnosis.trials import Trials
from leadline.analysis.problem.metrics import resolve_metric
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.result import Diagnosis

Cause = Callable[[Bench], list[Suspicion]]

CAUSES: dict[str, Cause] = {
    "capacity": capacity,
    "calibration": calibration,
    "imbalance": imbalance,
    "leakage": leakage,
    "data quality": data_quality,
    "label noise": noise,
    "amount of data": data_size,
    "shift": shift,
    "missing information": missing_information,
}
"""In this order: later ones use what earlier ones found."""

FEW_ROWS = 4_000
"""Trials on fewer rows than this are not made smaller."""

WITH_SCORES_ONLY = ("calibration", "imbalance", "shift")


def run(
    given: Given,
    *,
    metric: Any,
    payoff: NDArray[np.float64] | None,
    clock: Clock,
    progress: Callable[[str, float], None],
) -> Diagnosis:
    """Diagnose what was given; see `leadline.diagnose` for the arguments."""
    problem, encoder, samples, candidates = read(given)
    case = Case(
        problem=problem,
        metric=resolve_metric(metric, problem=problem),
        encoder=encoder,
        train=samples["train"],
        test=samples["test"],
        production=samples.get("production"),
        clock=clock,
        seed=given.seed,
        payoff=payoff,
        candidates=() if candidates is None else candidates.names,
        candidate_sources=() if candidates is None else candidates.sources,
        candidate_categorical=None if candidates is None else candidates.categorical,
        scores_only=given.model is None,
    )
    model = UserModel(_as_given if given.model is None else given.model, problem=problem)
    reason = too_little(case)
    progress("the model as it is", 0.0)
    if reason:
        return undecided(case, model.name, reason)
    with one_thread():
        bench = prepare(case, model)
        return assemble(bench, judge(bench, tried(bench, progress)))


def one_thread() -> AbstractContextManager[Any]:
    """Hold trainings to one thread each.

    Trials are small; two threads that share few rows mostly wait for each other, and on
    a busy machine a hundred times longer than they compute.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 (comes with scikit-learn)

    limited: AbstractContextManager[Any] = threadpool_limits(1)
    return limited


def tried(bench: Bench, progress: Callable[[str, float], None]) -> list[Suspicion]:
    """Try every cause that the budget allows."""
    names = WITH_SCORES_ONLY if bench.case.scores_only else tuple(CAUSES)
    found: list[Suspicion] = []
    for number, name in enumerate(names):
        progress(name, (number + 1) / (len(names) + 1))
        if not bench.case.clock.allows(0.0, name):
            continue
        try:
            found += CAUSES[name](bench)
        except InputError as error:  # the model refuses other rows: the other causes stand
            bench.case.clock.skipped.append(f"{name}: {error.message}")
    return found


def _as_given(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return scores


def too_little(case: Case) -> str:
    """Return why nothing can be decided on these rows; empty when something can."""
    least = thresholds.LEAST_ROWS
    for sample in (case.train, case.test):
        if len(sample) < least:
            return f"{len(sample)} {sample.name} rows; below {least} nothing is decided"
    if len(np.unique(case.train.target)) < 2:
        return "the training target has one value: there is nothing to learn"
    if case.problem.is_classification:
        return too_few_of_a_class(case)
    return ""


def too_few_of_a_class(case: Case) -> str:
    """Return why classes cannot be told apart on these rows; empty when they can."""
    counts = np.sort(np.unique(case.train.target, return_counts=True)[1])
    if counts[-2] < thresholds.LEAST_OF_A_CLASS:
        return (
            f"the rarer class has {counts[-2]} training rows; below"
            f" {thresholds.LEAST_OF_A_CLASS} nothing is decided"
        )
    if len(np.unique(case.test.target)) < 2:
        return "the test target has one class: nothing that tells classes apart can be judged"
    return ""


def prepare(case: Case, model: UserModel) -> Bench:
    """Adopt or train the model, plan the trials, and measure the model as it is."""
    learner = model.learner()
    seconds = estimated_seconds(case, learner) if model.can_train else 0.0
    n_rows, n_folds = plan(case, model, seconds=seconds)
    trials = Trials(case, n_fit_rows=n_rows, n_folds=n_folds)
    fitted = model.is_fitted(case.test)
    if trials.is_subsampled:
        case.clock.skipped.append(
            f"trials on all rows: {n_rows:,} of {len(case.train):,} training rows are used,"
            f" because one training would take {seconds:.0f} s"
        )
    trials.seconds[learner.name] = seconds * n_rows / len(case.train) * (1 + 0.8 * n_folds)
    score = model.scorer(model.given) if fitted else learner.train(trials.pool)
    base = trials.outcome(
        learner, fitted=None if fitted and trials.is_subsampled and model.can_train else score
    )
    constant = constant_scorer(case.train.target, problem=case.problem)
    constant_loss = float(case.losses(case.test, constant(case.test)).mean())
    return Bench(
        case=case,
        model=model,
        trials=trials,
        base=base,
        score=score,
        constant_loss=constant_loss,
        floor=loss_floor(model_loss=float(base.losses.mean()), constant_loss=constant_loss),
    )


def estimated_seconds(case: Case, learner: Learner) -> float:
    """Train on an eighth of the rows and multiply: the whole may cost too much to ask."""
    rows = np.arange(0, len(case.train), 8 if len(case.train) > FEW_ROWS else 1)
    if case.is_ranking:  # queries stay whole
        rows = np.arange(len(case.train))
    started = time.monotonic()
    learner.train(case.train.take(rows))
    return (time.monotonic() - started) * len(case.train) / rows.size


def plan(case: Case, model: UserModel, *, seconds: float) -> tuple[int, int]:
    """Return how many rows one training gets, and how many folds join the test rows."""
    allowed = case.clock.budget * thresholds.FIT_SECONDS_SHARE
    n_rows = len(case.train)
    while seconds * n_rows / len(case.train) > allowed and n_rows > FEW_ROWS:
        n_rows //= 2
    few = len(case.test) < thresholds.ENOUGH_TEST_UNITS and not case.scores_only
    cost = seconds * n_rows / len(case.train) * thresholds.FOLDS
    n_folds = thresholds.FOLDS if few and model.can_train and cost <= 2 * allowed else 0
    return n_rows, n_folds
