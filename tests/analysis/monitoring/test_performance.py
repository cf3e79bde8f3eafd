"""Performance from counts: realised, estimated by scores, and what a rise comes from."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from leadline.analysis.monitoring.counts import Slice
from leadline.analysis.monitoring.performance import (
    binned_auc,
    estimated,
    realised,
    split_rise,
)
from leadline.errors import NotEnoughDataError
from tests.made_predictions import Rows, counts_of, plan_of, scored

ROLES = {"score": "score", "target": "y"}
DAY = date(2026, 1, 5)


def sliced(reference: Rows, rows: Rows, **roles: Any) -> tuple[Slice, Slice]:
    plan = plan_of(reference, **(ROLES | roles))
    first, second = (counts_of(plan, {DAY: r}) for r in (reference, rows))
    return first.over([DAY]), second.over([DAY])


def test_performance_is_what_scikit_learn_says() -> None:
    rows = scored(np.random.default_rng(1), 20_000)
    _, found = sliced(rows, rows)
    performance = realised(found)
    assert performance.loss == pytest.approx(brier_score_loss(rows["y"], rows["score"]))
    auc = roc_auc_score(rows["y"], rows["score"])
    assert auc - 0.005 < performance.auc <= auc  # bins lose the order within them
    assert performance.calibration == pytest.approx(rows["y"].mean() / rows["score"].mean())
    assert performance.n == 20_000


def test_an_estimate_without_outcomes_follows_a_covariate_shift() -> None:
    # Truth by simulation: the same rule makes outcomes of harder rows.
    rng = np.random.default_rng(2)
    harder = scored(rng, 20_000, x=lambda x: 0.2 * x, z=lambda z: 0.2 * z)
    truth = realised(sliced(scored(rng, 20_000), harder)[1])
    harder["y"] = np.full(20_000, np.nan)
    reference, current = sliced(scored(rng, 20_000), harder)
    guess = estimated(reference, current)
    assert abs(realised(reference).loss - truth.loss) > 0.03  # there is something to follow
    assert guess.loss == pytest.approx(truth.loss, abs=0.005)
    assert guess.auc == pytest.approx(truth.auc, abs=0.02)


def test_an_estimate_is_blind_to_concept_drift_as_it_says() -> None:
    rng = np.random.default_rng(3)
    turned = scored(rng, 10_000)
    turned["y"] = 1 - turned["y"]
    reference, current = sliced(scored(rng, 10_000), turned)
    assert estimated(reference, current).loss == pytest.approx(
        realised(reference).loss, abs=0.01
    )
    assert realised(current).loss > 2 * realised(reference).loss


@pytest.mark.parametrize(
    ("world", "cause"),
    [("same", "neither"), ("harder", "covariate"), ("turned", "concept"), ("all", "both")],
)
def test_a_rise_is_split_into_other_rows_and_a_changed_meaning(world: str, cause: str) -> None:
    rng = np.random.default_rng(4)
    harder = world in {"harder", "all"}
    scale = 0.5 if harder else 1.0
    rows = scored(rng, 20_000, x=lambda x: scale * x, z=lambda z: scale * z)
    if world in {"turned", "all"}:
        flipped = rng.random(20_000) < 0.4
        rows["y"] = np.where(flipped, 1 - rows["y"], rows["y"])
    reference, current = sliced(scored(rng, 20_000), rows)
    found = split_rise(reference, current, floor=0.01)
    assert found.cause == cause
    rise = realised(current).loss - realised(reference).loss
    assert found.rise == pytest.approx(rise)
    assert found.covariate + found.concept == pytest.approx(rise)


def test_scores_that_the_reference_never_had_cannot_be_split() -> None:
    rng = np.random.default_rng(5)
    old, new = scored(rng, 5_000), scored(rng, 5_000)
    old["y"] = np.where(old["score"] > 0.5, np.nan, old["y"])
    reference, current = sliced(old, new)
    assert split_rise(reference, current, floor=0.01).cause == "cannot tell"


def test_a_regression_has_an_absolute_error_and_neither_auc_nor_calibration() -> None:
    rng = np.random.default_rng(6)
    truth = rng.normal(100, 20, 5_000)
    rows = {"score": truth + rng.normal(0, 5, 5_000), "y": truth}
    reference, current = sliced(rows, rows, task="regression", loss_scale=50.0)
    performance = realised(current)
    assert performance.loss == pytest.approx(np.abs(rows["score"] - truth).mean())
    assert math.isnan(performance.auc)
    assert math.isnan(performance.calibration)
    assert estimated(reference, current).loss == pytest.approx(performance.loss)


def test_scores_of_0_alone_have_no_calibration() -> None:
    rows = {"score": np.zeros(200), "y": np.arange(200) % 2.0}
    assert math.isnan(realised(sliced(rows, rows)[1]).calibration)


def test_an_auc_needs_both_classes() -> None:
    assert math.isnan(binned_auc(np.array([1.0, 2.0]), np.zeros(2)))
    assert binned_auc(np.array([0.0, 1.0]), np.array([1.0, 0.0])) == 1.0


def test_few_outcomes_are_refused() -> None:
    few = scored(np.random.default_rng(7), 60)
    reference, current = sliced(few, few)
    with pytest.raises(NotEnoughDataError, match="100 outcomes, got 60"):
        realised(current)
    with pytest.raises(NotEnoughDataError, match="got 60 and 60"):
        estimated(reference, current)
