"""The queue of ideas against closed forms, integration and simulation."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, stats

from leadline.analysis.experiments.calibration import Calibration
from leadline.analysis.experiments.queue import Idea, queue
from leadline.analysis.experiments.shrinkage import Prior, fit_prior, shrink
from leadline.errors import InputError

PRIOR = Prior(scales=(0.0, 2.0), weights=(0.4, 0.6), n_experiments=50, source="experiments")
PROVEN = Calibration(
    n=8, slope=0.5, slope_lower=0.3, slope_upper=0.7, coverage=1.0, sign_agreement=1.0,
    rank_correlation=1.0,
)  # fmt: skip


def test_without_a_prediction_the_teams_own_history_is_all_there_is():
    (found,) = queue([Idea(key="a", cost=4.0, reach=10.0)], prior=PRIOR)
    # closed form: half of the .6 that do anything; E[max(x, 0)] = .6 · 2/√(2π)
    worth = 0.6 * 2 / math.sqrt(2 * math.pi)
    assert found.probability == pytest.approx(0.3)
    assert found.value == pytest.approx(worth * 10 / 4)
    assert found.probability * found.gain == pytest.approx(worth * 10)
    assert not found.uses_prediction


def test_a_proven_prediction_counts_as_its_predecessors_came_true():
    idea = Idea(key="a", cost=1.0, predicted=3.0, predicted_se=0.4)
    (found,) = queue([idea], prior=PRIOR, calibration=PROVEN)
    error = math.hypot(0.4 / (2 * 1.959964) * 3.0, 0.5 * 0.4)
    posterior = shrink([1.5], [error], prior=PRIOR)
    assert found.uses_prediction
    assert found.probability == pytest.approx(posterior.probability_positive[0], rel=1e-6)
    # numerical integration of the posterior of x ~ .4·0 + .6·N(0, 2²), 1.5 ~ N(x, error²)
    density = stats.norm(0, 2).pdf
    seen = stats.norm(1.5, error).pdf
    mass = 0.4 * seen(0) + 0.6 * integrate.quad(lambda x: density(x) * seen(x), -12, 12)[0]
    part = 0.6 * integrate.quad(lambda x: x * density(x) * seen(x), 0, 12)[0]
    assert found.value == pytest.approx(part / mass, rel=1e-6)


@pytest.mark.parametrize(
    "calibration",
    [None, replace(PROVEN, n=4), replace(PROVEN, slope_lower=-0.1),
     replace(PROVEN, slope_upper=math.inf)],
)  # fmt: skip
def test_an_unproven_prediction_does_not_count(calibration):
    idea = Idea(key="a", cost=1.0, predicted=100.0)
    (found,) = queue([idea], prior=PRIOR, calibration=calibration)
    assert found.value == queue([replace(idea, predicted=None)], prior=PRIOR)[0].value


def test_the_queue_is_sorted_by_worth_per_cost():
    ideas = [
        Idea(key="dear", cost=10.0, reach=5.0),
        Idea(key="wide", cost=1.0, reach=5.0),
        Idea(key="cheap", cost=1.0),
    ]
    assert [f.idea.key for f in queue(ideas, prior=PRIOR)] == ["wide", "cheap", "dear"]


@pytest.mark.parametrize(("cost", "first"), [(0.6, True), (0.8, False)])
def test_an_analysis_comes_first_where_it_saves_more_than_it_costs(cost, first):
    # closed form: the test costs 1 and is in vain 7 times in ten
    idea = Idea(key="a", cost=1.0, analysis="look at the logs", analysis_cost=cost)
    assert queue([idea], prior=PRIOR)[0].analysis_first is first


def test_a_team_whose_changes_do_nothing_expects_nothing():
    nothing = Prior(scales=(0.0,), weights=(1.0,), n_experiments=50, source="experiments")
    (found,) = queue([Idea(key="a", cost=1.0)], prior=nothing)
    assert (found.probability, found.gain, found.value) == (0.0, 0.0, 0.0)


def test_ideas_without_a_cost_are_refused():
    with pytest.raises(InputError, match="a cost must be above 0"):
        Idea(key="a", cost=0.0)
    with pytest.raises(InputError, match="needs a cost of 0 or more"):
        Idea(key="a", cost=1.0, analysis="ask")


def test_how_often_changes_do_good_is_learned_from_the_teams_own_past():
    # simulation with known truth: 3 in 10 changes do nothing, the others N(0, 1)
    rng = np.random.default_rng(5)
    truth = np.where(rng.random(400) < 0.3, 0.0, rng.normal(size=400))
    prior = fit_prior(truth + rng.normal(0, 0.3, 400), np.full(400, 0.3))
    assert prior.positive_part == pytest.approx(np.maximum(truth, 0).mean(), rel=0.12)
