"""Overfitting and underfitting: simpler and richer variants, and other learners, tried.

A gap between training and held-out loss is no evidence by itself: a forest that knows
its training rows by heart can be the best model there is. What counts is a variant that
does better on held-out rows. It speaks for overfitting when it follows the training rows
less closely than the model, for underfitting when more closely.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import number
from leadline.analysis.diagnosis import thresholds
from leadline.analysis.diagnosis.bench import Suspicion
from leadline.analysis.diagnosis.deployed import Pair, in_production, where_it_runs
from leadline.analysis.diagnosis.gains import chosen
from leadline.analysis.diagnosis.remedies import locate, variations
from leadline.analysis.diagnosis.trials import Outcome

if TYPE_CHECKING:
    from leadline.analysis.diagnosis.bench import Bench

CAPACITY_SHARE = 0.5
"""Share of the budget that may be gone when the last variation has been tried."""


def capacity(bench: Bench) -> list[Suspicion]:
    """Try simpler and richer variants of the model, and references."""
    base = bench.base
    tried = [*try_variations(bench), *bench.reference_outcomes, *bench.refined_outcomes]
    richer = [o for o in tried if o.train_loss < base.train_loss]
    simpler = [o for o in tried if o.train_loss >= base.train_loss]
    gap = float(base.losses.mean()) - base.train_loss
    found = []
    start = base
    over = _suspicion(bench, "overfitting", start=base, options=simpler, gap=gap)
    if over is not None:
        found.append(over)
        if over.gate and over.gain.estimate > over.floor and over.gain.lower > 0:
            start = bench.fixes["overfitting"]
    under = _suspicion(bench, "underfitting", start=start, options=richer, gap=gap)
    if under is not None:
        found.append(under)
    return found


def try_variations(bench: Bench) -> list[Outcome]:
    """Train all variations of the model, or none where the budget does not hold them.

    A budget that held some of them would let the machine's load decide which is named.
    """
    if not bench.model.can_train:
        return []
    inner = locate(bench.model.trainable)[1]
    learners = [
        bench.model.learner(variation)
        for variation in variations(inner, n_rows=len(bench.trials.pool))
    ]
    needed = bench.trials.seconds.get(bench.base.learner.name, 0.0) * len(learners)
    what = f"{len(learners)} other settings of the model"
    if not bench.case.clock.allows(needed, what, share=CAPACITY_SHARE):
        return []
    return bench.trials.outcomes(learners)


def _suspicion(
    bench: Bench, cause: str, *, start: Outcome, options: list[Outcome], gap: float
) -> Suspicion | None:
    if not options:
        return None
    case, trials = bench.case, bench.trials
    options = _settings_first(start, options)
    after, best = chosen(
        [o.losses for o in options], clusters=trials.clusters, rng=case.rng(cause)
    )
    winner = options[best]
    gain, measured_on = where_it_runs(
        bench,
        Pair(before=start.losses, after=after, clusters=trials.clusters),
        in_production(bench, start.deployed, winner.deployed),
        measured_on=trials.held_out,
    )
    further = min(beyond([float(o.losses.mean()) for o in options]), max(gain.estimate, 0.0))
    gain = replace(gain, upper=gain.upper + further)
    production = measured_on == "production"
    switch = winner.learner.is_reference
    bench.fixes[cause] = winner
    held_out, train = float(start.losses.mean()), bench.base.train_loss
    over = cause == "overfitting"
    return Suspicion(
        cause=cause,
        gain=gain,
        floor=bench.floor * (thresholds.SWITCH_FACTOR if switch else 1.0),
        gate=gap > thresholds.MATERIAL_GAP * bench.floor if over else True,
        evidence=f"loss {number(train)} in training, {number(held_out)} held out; after the"
        f" remedy {number(winner.train_loss)} in training,"
        f" {number(float(winner.losses.mean()))} held out" + _there(start, winner),
        remedy=winner.learner.remedy,
        question=_question(over=over, switch=switch),
        numbers={
            "train_loss": train,
            "held_out_loss": held_out,
            "gap": gap,
            "another_model": switch,
            "remedy_train_loss": winner.train_loss,
            "remedy_held_out_loss": float(winner.losses.mean()),
            "tried": {o.learner.remedy: float(o.losses.mean()) for o in options},
        },
        measured_on=measured_on,
        sample=trials.deployed if production else case.test,
        before=start.deployed_scores if production else start.scores[0],
        after=winner.deployed_scores if production else winner.scores[0],
    )


BEST = 2
"""Gaps between the best settings, from which the step to a better one is told."""


def beyond(losses: list[float]) -> float:
    """Return what a search of e times as many settings may bring beyond the best of these.

    Whoever takes the advice will not stop at the settings that were tried here. The best of n
    draws lies, on average, one scale of the tail better when n grows by e; and the i-th gap
    between the best of them, times i, has this scale as its mean. It lengthens an interval on
    the side of more, by no more than the first search brought, and is no part of the estimate:
    it has not been seen.

    Parameters
    ----------
    losses : list of float
        Held-out losses of the settings that were tried.

    References
    ----------
    Renyi (1953), On the theory of order statistics: gaps of exponential variables. Weissman
    (1978), Estimation of parameters and large quantiles based on the k largest observations.
    """
    best = np.sort(losses)[: BEST + 1]
    return float(np.mean(np.diff(best) * np.arange(1, best.size))) if best.size > 1 else 0.0


def _there(start: Outcome, winner: Outcome) -> str:
    """Say the losses in production, where they are known."""
    if start.deployed is None or winner.deployed is None:
        return ""
    before, after = (number(float(x.mean())) for x in (start.deployed, winner.deployed))
    return f"; in production {before} before and {after} after it"


def _settings_first(start: Outcome, options: list[Outcome]) -> list[Outcome]:
    """Leave out other models where a setting of this one gains as much: it costs less."""
    usual = float(start.losses.mean())
    gains = {o.learner.name: usual - float(o.losses.mean()) for o in options}
    settings = [o for o in options if not o.learner.is_reference]
    best = max((gains[o.learner.name] for o in settings), default=0.0)
    return (
        settings if best > 0 and best >= thresholds.AS_GOOD * max(gains.values()) else options
    )


def _question(*, over: bool, switch: bool) -> str:
    if switch:
        return "Is there a reason, say speed or explanation, that ties you to this model?"
    if over:
        return "Were these settings chosen on rows that the model had been trained on?"
    return "Was the model kept this simple on purpose?"
