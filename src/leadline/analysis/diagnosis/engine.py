"""The engine: adopt the model, plan within the budget, try every cause, judge together."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.case import Case, Clock, OutOfTimeError, loss_floor
from leadline.analysis.diagnosis.causes.calibration import calibration
from leadline.analysis.diagnosis.causes.capacity import capacity
from leadline.analysis.diagnosis.causes.data_quality import data_quality
from leadline.analysis.diagnosis.causes.data_size import data_size
from leadline.analysis.diagnosis.causes.imbalance import imbalance
from leadline.analysis.diagnosis.causes.leakage import leakage
from leadline.analysis.diagnosis.causes.missing_information import missing_information
from leadline.analysis.diagnosis.causes.noise import noise
from leadline.analysis.diagnosis.causes.shift import shift
from leadline.analysis.diagnosis.copies import without_copies
from leadline.analysis.diagnosis.inputs import Given, read
from leadline.analysis.diagnosis.judge import judge
from leadline.analysis.diagnosis.learners import (
    Learner,
    Scorer,
    UserModel,
    constant_scorer,
)
from leadline.analysis.diagnosis.report import assemble, undecided
from leadline.analysis.diagnosis.samples import CALLED, units
from leadline.analysis.diagnosis.trials import Trials
from leadline.analysis.diagnosis.workers import Workers, hold_to_one_thread
from leadline.analysis.problem.metrics import resolve_metric
from leadline.analysis.problem.patience import within
from leadline.analysis.problem.quiet import speak
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.result import Diagnosis
    from leadline.analysis.diagnosis.samples import Sample

Cause = Callable[[Bench], list[Suspicion]]

CAUSES: dict[str, Cause] = {
    "data quality": data_quality,
    "calibration": calibration,
    "imbalance": imbalance,
    "leakage": leakage,
    "capacity": capacity,
    "label noise": noise,
    "amount of data": data_size,
    "shift": shift,
    "missing information": missing_information,
}
"""In this order: later ones use what earlier ones found, cheap ones first."""

FEW_ROWS = 4_000
"""Trials on fewer rows than this are not made smaller."""

LEAST_PATIENCE = 20.0
"""Seconds that one training may take however small the budget is."""

LEAST_GROUPS = 5
"""Fewer groups (queries, customers) give no interval."""

MOST_UNSEEN = 0.2
"""With more test rows than this of classes that training never saw, nothing is decided."""

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
    if payoff is not None and problem.kind not in {"binary", "click"}:
        raise InputError(
            f"a payoff needs a decision between two classes; this problem is {problem.kind}:"
            f" {problem.reason}",
            hint="Leave `payoff` out; `kind` overrides the kind.",
        )
    test = samples["test"]
    if given.model is not None and problem.kind != "ranking":
        test = without_copies(samples["train"], test)
    production, few = _enough_of(samples.get("production"))
    case = Case(
        problem=problem,
        metric=resolve_metric(metric, problem=problem),
        encoder=encoder,
        train=samples["train"],
        test=test,
        test_as_given=samples["test"],
        production=production,
        clock=clock,
        seed=given.seed,
        payoff=payoff,
        candidates=() if candidates is None else candidates.names,
        candidate_sources=() if candidates is None else candidates.sources,
        candidate_categorical=None if candidates is None else candidates.categorical,
        scores_only=given.model is None,
    )
    model = UserModel(
        _as_given if given.model is None else given.model, problem=problem, clock=clock
    )
    if given.model is None:
        model.name = "the model behind these scores"
    if len(case.test) < len(case.test_as_given):
        clock.skipped.append(
            f"{len(case.test_as_given) - len(case.test):,} of {len(case.test_as_given):,} test"
            " rows in all trials: they stand in the training rows too, where every remedy that"
            " follows its training rows would seem to gain"
        )
    reason, remedy = too_little(case)
    progress("the model as it is", 0.0)
    if reason:
        return undecided(case, model.name, reason=reason, remedy=remedy)
    with one_thread(), Workers() as workers:
        bench = prepare(case, model, workers)
        clock.is_strict = True
        if few:
            bench.unanswered["concept_drift"] = few
        return assemble(bench, judge(bench, tried(bench, progress)))


def one_thread() -> AbstractContextManager[Any]:
    """Hold this thread to itself: `Workers` use the other cores."""
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
            bench.untried.append(name)
            continue
        try:
            found += CAUSES[name](bench)
        except InputError as error:  # the model refuses other rows: the other causes stand
            bench.case.clock.skipped.append(f"{name}: {error.message}")
            bench.untried.append(name)
        except OutOfTimeError:
            bench.case.clock.skipped.append(f"{name}: the budget ended while it was tried")
            bench.untried.append(name)
    return found


def _as_given(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return scores


def _enough_of(production: Sample | None) -> tuple[Sample | None, str]:
    """Return production rows if they can tell anything, else why they cannot."""
    least = thresholds.LEAST_ROWS
    if production is None or len(production) >= least:
        return production, ""
    n = len(production)
    return None, (
        f"{n} production row{'' if n == 1 else 's'} can tell nothing; pass {least} at the very"
        " least, with labels if there are any"
    )


def too_little(case: Case) -> tuple[str, str]:
    """Return why nothing can be decided on these rows, and what to do; empty when it can."""
    least = thresholds.LEAST_ROWS
    for sample in (case.train, case.test):
        called = CALLED[sample.name]
        if len(sample) < least:
            return (
                f"{len(sample)} {called} rows; below {least} nothing is decided",
                f"pass at least {least} {called} rows, better some hundreds",
            )
        if sample.groups is not None and (n := int(units(sample).max()) + 1) < LEAST_GROUPS:
            return (
                f"the {called} rows are of {n} group{'' if n == 1 else 's'}; below"
                f" {LEAST_GROUPS} nothing is decided, since rows of one group are one witness",
                "pass rows of more groups, or leave `groups` out if rows are independent",
            )
    if len(np.unique(case.train.target)) < 2:
        return (
            "the training target has one value: there is nothing to learn",
            "pass training rows in which the target differs",
        )
    if case.problem.is_classification:
        return too_few_of_a_class(case)
    return "", ""


def too_few_of_a_class(case: Case) -> tuple[str, str]:
    """Return why classes cannot be told apart on these rows, and what to do."""
    counts = np.sort(np.unique(case.train.target, return_counts=True)[1])
    if counts[-2] < thresholds.LEAST_OF_A_CLASS:
        return (
            f"the rarer class has {counts[-2]} training rows; below"
            f" {thresholds.LEAST_OF_A_CLASS} nothing is decided",
            "collect more rows of the rarer class, however few of the other",
        )
    unseen = ~np.isin(case.test.target, case.train.target)
    if unseen.mean() > MOST_UNSEEN:
        named = [str(case.problem.classes[c]) for c in np.unique(case.test.target[unseen])[:3]]
        return (
            f"{unseen.mean():.0%} of the test rows have a class that no training row has"
            f" ({', '.join(named)}): are both targets coded alike?",
            "code the targets of training and test rows alike (numbers or texts)",
        )
    if len(np.unique(case.test.target)) < 2:
        return (
            "the test target has one class: nothing that tells classes apart can be judged",
            "pass test rows with both outcomes",
        )
    return "", ""


def prepare(case: Case, model: UserModel, workers: Workers | None = None) -> Bench:
    """Adopt or train the model, plan the trials, and measure the model as it is."""
    learner = model.learner()
    cost, trained = estimated(case, learner) if model.can_train else (Cost(), None)
    n_rows, n_folds = plan(case, model, cost=cost)
    trials = Trials(case, n_fit_rows=n_rows, n_folds=n_folds, workers=workers)
    fitted = model.is_fitted(case.test)
    if trials.is_subsampled:
        case.clock.skipped.append(
            f"trials on all rows: {n_rows:,} of {len(case.train):,} training rows are used,"
            f" because one training on all of them would take about {cost.processor:.0f} s"
        )
    trials.seconds[learner.name] = (
        cost.processor * n_rows / len(case.train) * (1 + 0.8 * n_folds)
    )
    if fitted:
        score = model.scorer(model.given)
    else:
        score = learner.train(trials.pool) if trained is None else trained
    adopted = None if fitted and trials.is_subsampled and model.can_train else score
    try:
        base = trials.outcome(learner, fitted=adopted)
    except InputError as error:
        if n_folds == 0:
            raise
        case.clock.skipped.append(f"folds of the training rows: {error.message}")
        trials = Trials(case, n_fit_rows=n_rows, n_folds=0, workers=workers)
        trials.seconds[learner.name] = cost.processor * n_rows / len(case.train)
        base = trials.outcome(learner, fitted=adopted)
    constant = constant_scorer(case.train.target, problem=case.problem)
    constant_loss = float(case.losses(case.test, constant(case.test)).mean())
    # of the test rows alone: training rows of the folds may have wrong labels
    test_loss = float(case.losses(case.test, base.scores[0]).mean())
    return Bench(
        case=case,
        model=model,
        trials=trials,
        base=base,
        score=score,
        constant_loss=constant_loss,
        floor=loss_floor(model_loss=test_loss, constant_loss=constant_loss),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """What training the model on all rows would cost: processor time and time on the wall.

    The processor's time decides the plan, so that a busy machine gives the same diagnosis;
    the wall's only where the budget could not be kept otherwise.
    """

    processor: float = 0.0
    wall: float = 0.0


def estimated(case: Case, learner: Learner) -> tuple[Cost, Scorer | None]:
    """Train on an eighth of the rows and multiply: the whole may cost too much to ask.

    Few rows are trained on all at once; then what was trained is returned too.
    """
    rows = np.arange(0, len(case.train), 8 if len(case.train) > FEW_ROWS else 1)
    if case.is_ranking:  # queries stay whole
        rows = np.arange(len(case.train))
    wall, processor = time.monotonic(), time.process_time()
    whole = rows.size == len(case.train)
    sample = case.train if whole else case.train.take(rows)
    patience = max(case.clock.budget, LEAST_PATIENCE)

    def train() -> Scorer:
        hold_to_one_thread()
        return learner.train(sample)

    try:
        trained = within(train, seconds=patience)
    except TimeoutError:
        speak()
        raise InputError(
            f"{learner.name} has not finished learning {len(sample):,} rows in {patience:g} s",
            hint="Give it more time (budget_seconds, --budget) or fewer rows, or pass it as a"
            " function that predicts.",
        ) from None
    times = len(case.train) / rows.size
    cost = Cost(
        processor=(time.process_time() - processor) * times,
        wall=(time.monotonic() - wall) * times,
    )
    return cost, trained if whole else None


def few_to_judge(case: Case) -> bool:
    """Whether the test rows alone measure too coarsely what a remedy brings.

    The mean of squared errors of a number with heavy tails hangs on a few of them: with
    kurtosis κ it is as unsure as that of 3 / κ times as many normal ones.
    """
    if len(case.test) < thresholds.ENOUGH_TEST_UNITS:
        return True
    if case.problem.kind == "regression":
        return len(case.test) * 3 / kurtosis(case.test.target) < thresholds.ENOUGH_TEST_UNITS
    if not case.problem.is_classification:
        return False
    outside = len(case.test) - int(np.unique(case.test.target, return_counts=True)[1].max())
    return outside < thresholds.ENOUGH_OUTSIDE


def kurtosis(values: NDArray[np.float64]) -> float:
    """Return the fourth moment about the mean, in squares of the variance; normal: 3.

    It is infinite where all values are one.
    """
    squares = (values - values.mean()) ** 2
    variance = float(squares.mean())
    return float((squares**2).mean()) / variance**2 if variance > 0 else float("inf")


def plan(case: Case, model: UserModel, *, cost: Cost) -> tuple[int, int]:
    """Return how many rows one training gets, and how many folds join the test rows."""
    allowed = case.clock.budget * thresholds.FIT_SECONDS_SHARE
    columns = max(case.train.matrix.shape[1], 1)
    n_rows = min(len(case.train), max(FEW_ROWS, thresholds.MOST_TRIAL_CELLS // columns))
    while n_rows > FEW_ROWS:
        share = n_rows / len(case.train)
        if cost.processor * share <= allowed and cost.wall * share <= 3 * allowed:
            break
        n_rows = max(FEW_ROWS, n_rows // 2)
    few = few_to_judge(case) and not case.scores_only
    seconds = cost.processor * n_rows / len(case.train) * thresholds.FOLDS
    n_folds = thresholds.FOLDS if few and model.can_train and seconds <= 2 * allowed else 0
    return n_rows, n_folds
