"""Trials: learners trained on the same rows and compared, row by row, on held-out rows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.samples import Sample, at_most, folds, join, part
from leadline.analysis.diagnosis.workers import Workers
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.case import Case
    from leadline.analysis.diagnosis.learners import Learner, Scorer


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Rows to train on and rows to judge on."""

    pool: Sample
    held: Sample


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """Held-out scores and losses of one learner over all jobs, and its loss in training.

    Attributes
    ----------
    train_scores : array of shape (n, …)
        Scores of `Trials.seen`, rows of the first job's training.
    deployed : array of shape (n,) or None
        Losses of labelled production rows after training on all rows.
    deployed_scores : array of shape (n, …) or None
        Their scores.
    """

    learner: Learner
    scores: tuple[NDArray[np.float64], ...]
    losses: NDArray[np.float64]
    train_scores: NDArray[np.float64]
    train_loss: float
    deployed: NDArray[np.float64] | None = None
    deployed_scores: NDArray[np.float64] | None = None


class Trials:
    """Train learners on jobs and judge them on held-out rows.

    With enough test rows there is one job: all training rows, judged on the test rows.
    With few, folds of the training rows join, each judged on rows it has not seen.

    Parameters
    ----------
    case : Case
    n_fit_rows : int
        Most rows that one training gets.
    n_folds : int
        Folds of the training rows that join the test rows; 0 for none.
    workers : Workers
        Where trainings run side by side; one after the other outside of its block.

    Attributes
    ----------
    deployed : Sample or None
        Labelled production rows, on which every training is judged too.
    """

    def __init__(
        self, case: Case, *, n_fit_rows: int, n_folds: int, workers: Workers | None = None
    ) -> None:
        self.case = case
        self.workers = workers or Workers()
        rng = case.rng("jobs")
        pool = at_most(case.train, n_fit_rows, rng=rng, whole_groups=True)
        self.is_subsampled = len(pool) < len(case.train)
        self.jobs = [Job(pool=pool, held=case.test)]
        if n_folds:
            fold = folds(pool, n_folds=n_folds, rng=rng, stratify=case.stratify)
            self.jobs += [
                Job(
                    pool=pool.take(np.flatnonzero(fold != k)),
                    held=pool.take(np.flatnonzero(fold == k)),
                )
                for k in range(int(fold.max()) + 1)
            ]
        self.deployed = _labelled(case)
        self.seconds: dict[str, float] = {}
        self.clusters, self.job_of_unit = self._clusters()

    @property
    def pool(self) -> Sample:
        """All rows that a training may see."""
        return self.jobs[0].pool

    @cached_property
    def seen(self) -> Sample:
        """Rows of the pool on which the loss in training is read."""
        return at_most(self.pool, 5_000, rng=self.case.rng("train loss"), whole_groups=True)

    @cached_property
    def held(self) -> Sample:
        """All held-out rows, without their table: the test rows, then those of the folds."""
        rows = [replace(job.held, X=np.empty((len(job.held), 0))) for job in self.jobs]
        return reduce(join, rows)

    @property
    def held_out(self) -> str:
        """What the held-out rows are called."""
        return "test" if len(self.jobs) == 1 else "test and folds of training rows"

    def _clusters(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Number clusters over all jobs (a group in two jobs counts twice), and the jobs."""
        found: list[NDArray[np.intp]] = []
        start = 0
        for job in self.jobs:
            n_units = self.case.losses(job.held, _any_scores(self.case, job.held)).size
            found.append(self.case.clusters(job.held, n_units) + start)
            start = int(found[-1].max(initial=start - 1)) + 1
        jobs = np.repeat(np.arange(len(found)), [part.size for part in found])
        return np.concatenate(found), jobs

    def outcome(self, learner: Learner, *, fitted: Scorer | None = None) -> Outcome:
        """Train (or take as fitted, in the first job) and score on held-out rows."""
        found = self._tried([learner], fitted=fitted)[0]
        if isinstance(found, InputError):
            raise found
        return found

    def outcomes(self, learners: Sequence[Learner]) -> list[Outcome]:
        """Train all of them side by side; what cannot be trained is noted and left out."""
        found = self._tried(learners)
        for learner, outcome in zip(learners, found, strict=True):
            if isinstance(outcome, InputError):
                self.case.clock.skipped.append(f"{learner.remedy}: {outcome.message}")
        return [outcome for outcome in found if not isinstance(outcome, InputError)]

    def _tried(
        self, learners: Sequence[Learner], *, fitted: Scorer | None = None
    ) -> list[Outcome | InputError]:
        tasks = [
            _task(
                learner,
                job,
                [job.held, *((self.deployed, self.seen) if number == 0 else ())],
                fitted if number == 0 else None,
            )
            for learner in learners
            for number, job in enumerate(self.jobs)
        ]
        results = self.workers.run(tasks)
        n = len(self.jobs)
        return [
            self._outcome(learner, results[i * n : (i + 1) * n])
            for i, learner in enumerate(learners)
        ]

    def _outcome(self, learner: Learner, results: Sequence[_Result]) -> Outcome | InputError:
        self.seconds[learner.name] = sum(r.seconds for r in results) / self.workers.n
        errors = [r.error for r in results if r.error is not None]
        if errors:
            return errors[0]
        scores = tuple(r.scores[0] for r in results)
        there = None if self.deployed is None else results[0].scores[1]
        return Outcome(
            learner=learner,
            scores=scores,
            losses=self.join(scores),
            train_scores=results[0].scores[-1],
            train_loss=float(self.case.losses(self.seen, results[0].scores[-1]).mean()),
            deployed=self._there(there),
            deployed_scores=there,
        )

    def _there(self, scores: NDArray[np.float64] | None) -> NDArray[np.float64] | None:
        if self.deployed is None or scores is None:
            return None
        return self.case.losses(self.deployed, scores)

    def _by_job(self, scores: Sequence[NDArray[np.float64]]) -> NDArray[np.float64] | None:
        """Return the losses of labelled production rows after each job's training."""
        if self.deployed is None:
            return None
        return np.stack([self.case.losses(self.deployed, scored) for scored in scores])

    def join(self, scores: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return the losses of scores given per job, in the order of `clusters`."""
        return np.concatenate(
            [self.case.losses(j.held, s) for j, s in zip(self.jobs, scores, strict=True)]
        )

    def part_losses(
        self, wanted: Sequence[tuple[Learner, float, int]]
    ) -> list[tuple[NDArray[np.float64], NDArray[np.float64] | None]]:
        """Losses after training on a part of each job's rows: (learner, share, repeat).

        Of the held-out rows, and of labelled production rows where there are any: shape
        (jobs, n).
        """
        tasks = []
        for learner, share, repeat in wanted:
            for number, job in enumerate(self.jobs):
                rows = part(
                    job.pool,
                    share=share,
                    repeat=repeat,
                    rng=self.case.rng(f"part {share:g} {number}"),
                    stratify=self.case.stratify,
                )
                tasks.append(_both_scored(learner, rows, job.held, self.deployed))
        scores, n = self.workers.run(tasks), len(self.jobs)
        parts = [scores[i * n : (i + 1) * n] for i in range(len(wanted))]
        return [
            (
                self.join([held for held, _ in part]),
                self._by_job([there for _, there in part if there is not None]),
            )
            for part in parts
        ]

    def scored(
        self, wanted: Sequence[tuple[Learner, Sample, Sample]]
    ) -> list[NDArray[np.float64]]:
        """Train each on its rows and score the others: (learner, rows, held-out rows)."""
        return self.workers.run([_scored(*one) for one in wanted])

    def out_of_fold(
        self,
        learner: Learner,
        rows: Sample,
        fold: NDArray[np.intp],
        *,
        beside: Sample | None = None,
    ) -> NDArray[np.float64]:
        """Score every row by a training on the other folds, and on the rows `beside` them."""
        held = [np.flatnonzero(fold == k) for k in np.unique(fold)]
        kept = [rows.take(np.flatnonzero(fold != k)) for k in np.unique(fold)]
        if beside is not None:
            kept = [join(beside, others) for others in kept]
        scores = self.scored(
            [(learner, k, rows.take(h)) for k, h in zip(kept, held, strict=True)]
        )
        return np.concatenate(scores)[np.argsort(np.concatenate(held))]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Result:
    """Scores of one job: held-out rows, labelled production rows, rows seen in training.

    The last two only if asked.
    """

    seconds: float
    scores: list[NDArray[np.float64]] = field(default_factory=list)
    error: InputError | None = None


def _task(
    learner: Learner, job: Job, asked: Sequence[Sample | None], fitted: Scorer | None
) -> Callable[[], _Result]:
    def run() -> _Result:
        started = time.monotonic(), time.thread_time()
        try:
            scorer = fitted or learner.train(job.pool)
            scores = [scorer(rows) for rows in asked if rows is not None]
        except InputError as error:
            return _Result(seconds=_cost(*started), error=error)
        return _Result(seconds=_cost(*started), scores=scores)

    return run


MOST_BUSY = 4
"""A training may wait this many times as long as it computes before waiting is its own."""


def _cost(wall: float, processor: float) -> float:
    """Return the seconds since then: the thread's own, so that a busy machine tries as much.

    Libraries that compute in threads of their own show in the time on the wall.
    """
    return max(time.thread_time() - processor, (time.monotonic() - wall) / MOST_BUSY)


def _scored(learner: Learner, rows: Sample, held: Sample) -> Callable[[], NDArray[np.float64]]:
    return lambda: learner.train(rows)(held)


def _both_scored(
    learner: Learner, rows: Sample, held: Sample, deployed: Sample | None
) -> Callable[[], tuple[NDArray[np.float64], NDArray[np.float64] | None]]:
    def run() -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        score = learner.train(rows)
        return score(held), None if deployed is None else score(deployed)

    return run


LEAST_DEPLOYED = 100
"""Fewer labelled production rows than this tell nothing of a remedy."""


def _labelled(case: Case) -> Sample | None:
    """Return labelled production rows, on which a remedy's worth can be measured."""
    production = case.production
    if production is None or production.y is None or case.is_ranking:
        return None
    if len(production) < LEAST_DEPLOYED:
        return None
    most = thresholds.MOST_DEPLOYED_ROWS
    return at_most(production, most, rng=case.rng("deployed"), whole_groups=True)


def _any_scores(case: Case, sample: Sample) -> NDArray[np.float64]:
    k = len(case.problem.classes)
    if case.problem.kind == "multiclass":
        return np.full((len(sample), k), 1 / k)
    return np.full(len(sample), 0.5)
