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
from leadline.analysis.experiments.moments import Moments
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
    got = check_purity({"a": {"a": 950, "b": 50}, "b": {"a": 10, "b": 990}})
    assert got.number == pytest.approx(60 / 2000)  # closed form
    assert (got.state, got.n) == ("failed", 2000)
    assert "a was shown b" in got.sentence
    assert check_purity({"a": {"a": 1000, "b": 2}, "b": {"a": 1, "b": 1000}}).state == "ok"
    assert check_purity({"a": {"a": 10}, "b": {"b": 10}}).number == 0
    with pytest.raises(NotEnoughDataError):
        check_purity({"a": {}, "b": {}})


def test_a_variant_served_to_most_is_not_an_arms_own_where_arms_have_names():
    # closed form: 60 of 100 fell back to the control
    got = check_purity({"control": {"control": 100}, "new": {"control": 60, "new": 40}})
    assert got.number == pytest.approx(60 / 200)
    # under other names, what most of an arm's units saw is the arm's own
    pages = check_purity({"control": {"old_page": 99, "new_page": 1}, "new": {"new_page": 100}})
    assert pages.number == pytest.approx(1 / 200)


def buckets(values, *, n_buckets, rng):
    """Deal rows into buckets by chance, as a hash of the unit does."""
    at = rng.integers(0, n_buckets, len(next(iter(values.values()))))
    pilot = tuple(float(column.mean()) for column in values.values())
    return [
        Moments.from_arrays({k: v[at == i] for k, v in values.items()}, pilot=pilot)
        for i in range(n_buckets)
    ]


def test_the_teams_own_data_pass_an_aa_test_where_the_test_fits():
    rng = np.random.default_rng(1)
    dealt = buckets({"y": rng.lognormal(0, 1, 8_000)}, n_buckets=1_000, rng=rng)
    pvalues = split_pvalues(dealt, metric=Mean(column="y"), n_splits=400, rng=rng)
    assert check_aa(pvalues).state == "ok"


def test_an_aa_test_of_buckets_fails_where_a_users_visits_are_taken_for_units():
    # Oracle: construction. 20 visits of a user lie in one bucket and look alike, so the
    # test's standard error is too small by a factor of √(1 + 19·0.8) = 4 or so.
    rng = np.random.default_rng(7)
    users = rng.integers(0, 500, 300)
    visits = rng.normal(size=(300, 1)) + rng.normal(0, 0.5, size=(300, 20))
    dealt = [
        Moments.from_arrays({"y": visits[users == i].ravel()}, pilot=(0.0,)) for i in range(500)
    ]
    pvalues = split_pvalues(dealt, metric=Mean(column="y"), n_splits=200, rng=rng)
    got = check_aa(pvalues)
    assert got.state == "failed"
    assert got.number > 0.3


def test_too_few_buckets_cannot_be_split():
    rng = np.random.default_rng(1)
    dealt = buckets({"y": rng.normal(size=100)}, n_buckets=19, rng=rng)
    with pytest.raises(NotEnoughDataError, match="20 groups of units, got 19"):
        split_pvalues(dealt, metric=Mean(column="y"), n_splits=1, rng=rng)


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
    views = rng.poisson(5, 4_000) + 1.0
    values = {"numerator": rng.binomial(views.astype(int), 0.2) + 0.0, "denominator": views}
    metric = Ratio(numerator="clicks", denominator="views")
    dealt = buckets(values, n_buckets=500, rng=rng)
    pvalues = split_pvalues(dealt, metric=metric, n_splits=200, rng=rng)
    assert check_aa(pvalues).state == "ok"


def test_several_looks_with_bounds_are_said_to_be_allowed_for():
    assert "allows for 4 looks" in check_peeking(n_looks=4, adjusted=True).sentence
    assert check_peeking(n_looks=1, adjusted=False).sentence == "one look, at the end"
