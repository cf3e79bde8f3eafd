"""Sizes against statsmodels, published inflation factors and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from leadline.analysis.experiments.design import (
    Plan,
    detectable_effect,
    duration,
    power_at,
    sample_size,
)
from leadline.errors import InputError, NotEnoughDataError


@pytest.mark.parametrize("weights", [(1.0, 1.0), (3.0, 1.0)])
def test_one_look_equals_statsmodels(weights):
    got = sample_size(Plan(sd=4.0, weights=weights), mde=0.5)
    # Oracle: statsmodels NormalIndPower; effect size in standard deviations.
    n_control = NormalIndPower().solve_power(
        effect_size=0.5 / 4, alpha=0.05, power=0.8, ratio=weights[1] / weights[0]
    )
    assert got.n_obs == pytest.approx(n_control * (1 + weights[1] / weights[0]), abs=1.5)
    assert got.inflation == pytest.approx(1.0, abs=1e-4)
    assert got.expected_share == 1.0
    assert sum(got.n_per_arm) == pytest.approx(got.n_obs, abs=2)


def test_covariates_save_the_share_of_variance_that_they_explain():
    plain = sample_size(Plan(sd=4.0), mde=0.2).n_obs
    saved = sample_size(Plan(sd=4.0, variance_reduction=0.4), mde=0.2).n_obs
    assert saved / plain == pytest.approx(0.6, abs=1e-3)  # 1 − ρ²


def test_looks_inflate_by_as_much_as_the_recursion_says():
    # Oracle: the measured loss of power at 28 daily looks (.80 → .775 by simulation of
    # 20,000 paths) and Jennison and Turnbull (2000), Table 2.4: the classical O'Brien-
    # Fleming design with five looks needs 1.028 times the units at α = .05, power .8.
    daily = sample_size(Plan(sd=1.0, n_looks=28), mde=0.05)
    fixed = sample_size(Plan(sd=1.0), mde=0.05)
    assert power_at(Plan(sd=1.0, n_looks=28), n_obs=fixed.n_obs, effect_size=0.05) == (
        pytest.approx(0.78, abs=0.007)
    )
    assert 1.04 < daily.inflation < 1.08
    five = sample_size(Plan(sd=1.0, n_looks=5), mde=0.05)
    assert five.inflation == pytest.approx(1.028, abs=0.01)
    # Methods' simulation: E[N]/N_max is .73 for 28 looks at fixed-horizon power .80.
    assert daily.expected_share == pytest.approx(0.72, abs=0.03)
    assert 0.98 < daily.expected_share_without_effect < 1


def test_reading_daily_without_bounds_costs_what_simulation_shows():
    # Methods' simulation of 20,000 paths: .275 with 28 looks.
    got = sample_size(Plan(sd=1.0, n_looks=28), mde=0.05)
    assert got.peeking_type_1_error == pytest.approx(0.275, abs=0.005)


def test_several_arms_and_primaries_share_alpha():
    plan = Plan(sd=1.0, weights=(1.0, 1.0, 1.0), n_primaries=2)
    got = sample_size(plan, mde=0.1)
    # Oracle: statsmodels at α/4, for two of three arms.
    per_arm = NormalIndPower().solve_power(effect_size=0.1, alpha=0.05 / 4, power=0.8)
    assert got.n_obs == pytest.approx(3 * per_arm, abs=3)


def test_size_effect_and_power_agree_with_each_other():
    plan = Plan(sd=3.0, n_looks=4, spending="pocock", weights=(2.0, 1.0))
    sized = sample_size(plan, mde=-0.3)
    back = detectable_effect(plan, n_obs=sized.n_obs)
    assert back.mde == pytest.approx(0.3, rel=1e-3)
    assert back.power == pytest.approx(0.8, abs=1e-6)
    assert power_at(plan, n_obs=sized.n_obs, effect_size=0.3) == pytest.approx(0.8, abs=1e-3)


def test_a_simulated_plan_has_the_power_it_promises():
    # Oracle: simulation of 20,000 experiments with the planned effect.
    plan = Plan(sd=1.0, n_looks=4)
    sized = sample_size(plan, mde=0.2)
    rng = np.random.default_rng(1)
    per_look = sized.n_obs / 2 / 4
    steps = rng.normal(0.2, np.sqrt(2 / per_look), size=(20_000, 4))
    z = np.cumsum(steps, axis=1) / np.arange(1, 5)
    z /= np.sqrt(2 / (per_look * np.arange(1, 5)))
    assert (z >= sized.bounds.z).any(axis=1).mean() == pytest.approx(0.8, abs=0.012)


def test_arrivals_give_whole_weeks():
    curve = [100.0] * 7 + [50.0] * 7
    assert duration(n_obs=700, arrivals=curve).weeks == 1
    two = duration(n_obs=701, arrivals=curve)
    assert (two.weeks, two.days, two.n_obs, two.extrapolated) == (2, 14, 1050.0, False)
    later = duration(n_obs=1401, arrivals=[*curve, 9.0])  # the started week is left out
    assert (later.weeks, later.extrapolated) == (4, True)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Plan(sd=0.0),
        lambda: Plan(sd=1.0, alpha=0.9),
        lambda: Plan(sd=1.0, variance_reduction=1.0),
        lambda: Plan(sd=1.0, weights=(1.0,)),
        lambda: Plan(sd=1.0, weights=(1.0, 0.0)),
        lambda: Plan(sd=1.0, n_looks=0),
        lambda: sample_size(Plan(sd=1.0), mde=0.0),
        lambda: detectable_effect(Plan(sd=1.0), n_obs=1),
        lambda: duration(n_obs=10, arrivals=[1.0] * 6),
        lambda: duration(n_obs=10, arrivals=[-1.0] * 7),
        lambda: duration(n_obs=10, arrivals=[1.0] * 7 + [0.0] * 7),
    ],
)
def test_impossible_plans_are_refused(call):
    with pytest.raises((InputError, NotEnoughDataError)):
        call()


def test_a_share_is_sized_with_its_noise_under_the_effect():
    before, after = 0.01, 0.02
    plan = Plan(sd=(before * (1 - before)) ** 0.5, sd_treatment=(after * (1 - after)) ** 0.5)
    got = sample_size(plan, mde=after - before)
    # Oracle: statsmodels, one difference of two proportions with their own variances.
    n = samplesize_proportions_2indep_onetail(
        diff=after - before, prop2=before, power=0.8, alpha=0.05
    )
    assert got.n_per_arm[0] == pytest.approx(n, rel=0.005)  # it pools under the null
    assert got.power == pytest.approx(0.8, abs=1e-3)
    with pytest.raises(InputError, match="standard deviation must be above 0, got 0"):
        Plan(sd=1.0, sd_treatment=0.0)
