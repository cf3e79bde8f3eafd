"""Checks against closed forms, statsmodels and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.power import NormalIndPower

from leadline.analysis.experiments.checks import (
    check_aa,
    check_multiplicity,
    check_novelty,
    check_peeking,
    check_power,
    check_purity,
    split_pvalues,
)
from leadline.analysis.experiments.metrics import Mean, Ratio
from leadline.errors import InputError, NotEnoughDataError


def test_peeking_five_times_gives_fourteen_percent_false_alarms():
    got = check_peeking(n_looks=5, adjusted=False)
    # Armitage, McPherson and Rowe (1969), Table 2.
    assert (got.state, got.n) == ("failed", 5)
    assert got.number == pytest.approx(0.142, abs=5e-4)
    assert check_peeking(n_looks=5, adjusted=True).state == "ok"
    assert check_peeking(n_looks=1, adjusted=False).state == "ok"


def test_power_equals_statsmodels():
    se = math.sqrt(2 / 500)
    got = check_power(se=se, mde=0.15, n_obs=1000)
    # Oracle: statsmodels, one-sided at α/2, so that the wrong side does not count.
    oracle = NormalIndPower().power(0.15, 500, 0.025, alternative="larger")
    assert got.number == pytest.approx(oracle, rel=1e-9)
    assert got.state == "failed"
    assert check_power(se=se, mde=0.3, n_obs=1000).state == "ok"
    with pytest.raises(InputError):
        check_power(se=0.0, mde=0.3, n_obs=1000)


def test_many_tests_make_a_false_alarm_likely():
    got = check_multiplicity(n_arms=4, n_metrics=5, adjusted=False)
    assert got.number == pytest.approx(1 - 0.95**20)
    assert got.state == "failed"
    assert check_multiplicity(n_arms=4, n_metrics=5, adjusted=True).state == "ok"
    assert check_multiplicity(n_arms=1, n_metrics=1, adjusted=False).state == "ok"


def test_a_fading_effect_is_found_by_weighted_least_squares():
    y, s = (
        np.array([5.0, 4, 3.2, 2, 1.1, 0.4, 0.1]),
        np.array([0.5, 0.4, 0.5, 0.6, 0.4, 0.5, 0.4]),
    )
    got = check_novelty(effect_sizes=y, standard_errors=s)
    # Oracle: statsmodels WLS; with known variances the scale is 1.
    fitted = sm.WLS(y, sm.add_constant(np.arange(7.0)), weights=1 / s**2).fit()
    z = fitted.params[1] / (fitted.bse[1] / math.sqrt(fitted.scale))
    assert got.number == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-9)
    assert got.state == "failed"
    assert "fades" in got.sentence
    assert "grows" in check_novelty(effect_sizes=y[::-1], standard_errors=s).sentence


def test_a_steady_effect_shows_no_trend():
    got = check_novelty(effect_sizes=[1.0, 1.2, 0.9, 1.1], standard_errors=[0.5] * 4)
    assert got.state == "ok"
    assert "no trend" in got.sentence


def test_a_trend_over_two_days_is_unknown():
    got = check_novelty(effect_sizes=[1.0, 2.0], standard_errors=[0.1, 0.1])
    assert got.state == "unknown"
    assert math.isnan(got.number)
    with pytest.raises(InputError):
        check_novelty(effect_sizes=[1.0, 2, 3], standard_errors=[0.1, 0.0, 0.1])


def test_units_served_another_arm_are_counted():
    got = check_purity([[950, 50], [10, 990]])
    assert got.number == pytest.approx(60 / 2000)
    assert (got.state, got.n) == ("failed", 2000)
    assert check_purity([[1000, 2], [1, 1000]]).state == "ok"
    with pytest.raises(InputError):
        check_purity([[1, 2]])
    with pytest.raises(NotEnoughDataError):
        check_purity([[0, 0], [0, 0]])


def test_the_teams_own_data_pass_an_aa_test_where_the_test_fits():
    rng = np.random.default_rng(1)
    orders = {"y": rng.lognormal(0, 1, 800)}
    pvalues = split_pvalues(orders, metric=Mean(column="y"), n_splits=400, rng=rng)
    assert check_aa(pvalues).state == "ok"


def test_an_aa_test_fails_where_rows_are_taken_for_units():
    # Oracle: construction. Users return 20 times, are split as users, and the test takes
    # every visit for a unit of its own: its standard errors are far too small.
    rng = np.random.default_rng(2)
    visits = rng.normal(size=(200, 1)) + rng.normal(0, 0.5, size=(200, 20))
    pvalues = []
    for _ in range(200):
        half = rng.permutation(200) < 100
        pvalues.append(stats.ttest_ind(visits[half].ravel(), visits[~half].ravel()).pvalue)
    got = check_aa(pvalues)
    assert got.state == "failed"
    assert got.number > 0.3


def test_an_aa_test_fails_where_p_values_crowd_high_up():
    assert check_aa(np.linspace(0.5, 1, 200)).state == "failed"


def test_an_aa_check_needs_a_hundred_p_values():
    assert check_aa([0.5] * 99).state == "unknown"
    assert check_aa([math.nan] * 100).state == "unknown"


def test_ratios_are_split_by_unit():
    rng = np.random.default_rng(3)
    views = rng.poisson(5, 400) + 1.0
    values = {"numerator": rng.binomial(views.astype(int), 0.2) + 0.0, "denominator": views}
    metric = Ratio(numerator="clicks", denominator="views")
    pvalues = split_pvalues(values, metric=metric, n_splits=200, rng=rng)
    assert check_aa(pvalues).state == "ok"
