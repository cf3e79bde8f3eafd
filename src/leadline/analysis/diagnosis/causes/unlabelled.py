"""Production rows without labels: other rows can be weighed, other answers cannot be seen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.baseline.wording import signed
from leadline.analysis.diagnosis import priors, thresholds
from leadline.analysis.diagnosis.bench import Bench, Suspicion
from leadline.analysis.diagnosis.deployed import dependent_domain
from leadline.analysis.diagnosis.gains import measured
from leadline.analysis.diagnosis.result import Gain
from leadline.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.domain import Domain
    from leadline.analysis.diagnosis.samples import Sample

NOT_MEASURABLE = Gain(estimate=float("nan"), lower=float("nan"), upper=float("nan"))

WHO_COMES = "Who or what comes in production that was rare in the training rows?"


def without_labels(bench: Bench, production: Sample, where: Domain) -> list[Suspicion]:
    """Estimate new shares of classes, or weigh rows towards production and train again."""
    bench.unanswered["concept_drift"] = (
        "label 200 production rows: without labels nobody can see whether the same row is"
        " answered otherwise now"
    )
    found = []
    prior = priors.correction(bench, production)
    if prior is not None:
        found.append(prior.suspicion)
        if prior.holds:
            return found
    if where.differs(thresholds.SHIFT_AUC):
        found.append(_weighed(bench, production, where))
    return found


def _weighed(bench: Bench, production: Sample, where: Domain) -> Suspicion:
    case = bench.case
    weight = where.old / np.clip(1 - where.old, 0.02, 1)
    after = _weighted_refit(bench, production)
    losses = bench.test_losses
    expected = float(np.average(losses, weights=weight) - losses.mean())
    gain = (
        NOT_MEASURABLE
        if after is None
        else measured(
            losses, after, clusters=case.clusters(case.test, losses.size), weight=weight
        )
    )
    return Suspicion(
        cause="covariate_shift",
        gain=gain,
        floor=bench.floor,
        evidence=f"production is told from test with AUC {where.auc:.3f} by columns that"
        f" the model depends on; weighed towards production, the test loss changes by"
        f" {signed(expected)}",
        remedy="train with rows weighed towards production",
        question=WHO_COMES,
        measured_on="test, weighed towards production",
        numbers={"auc": where.auc, "expected_drop": expected},
        undecidable=expected > bench.floor,
    )


def _weighted_refit(bench: Bench, production: Sample) -> NDArray[np.float64] | None:
    if not bench.model.can_train:
        return None
    pool = bench.trials.pool
    p = dependent_domain(bench, pool, production).old
    weight = np.clip(p / np.clip(1 - p, 0.02, 1), 0.05, 20)
    try:
        score = bench.model.learner().train(replace(pool, weight=weight / weight.mean()))
    except InputError:
        return None
    return bench.case.losses(bench.case.test, score(bench.case.test))
