"""Rates against a reference whose days differ by themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from leadline.analysis.monitoring.rates import Rate, change, mean, share


def test_with_one_reference_day_it_is_the_z_test_of_two_means() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.normal(0, 1, 4_000), rng.normal(0.05, 1, 4_000)
    rates = [mean(len(v), v.sum(), (v**2).sum()) for v in (a, b)]
    found = change(rates[:1], rates[1])
    se = math.sqrt(max(a.var(), b.var()) / 4_000 + a.var() / 4_000)
    assert found.difference == pytest.approx(b.mean() - a.mean())
    oracle = 2 * stats.norm.sf(abs(b.mean() - a.mean()) / se)
    assert found.pvalue == pytest.approx(oracle, rel=1e-9)


@pytest.mark.parametrize("spread", [0.0, 0.02])
def test_false_alarms_stay_at_alpha_also_where_days_differ(spread: float) -> None:
    # Simulation with known truth: 28 reference days and a new one from the same world.
    rng = np.random.default_rng(2)
    n, repeats = 2_000, 2_000
    alarms = 0
    for _ in range(repeats):
        p = np.clip(rng.normal(0.2, spread, 29), 0.01, 0.99)
        counts = rng.binomial(n, p)
        days = [share(float(c), n) for c in counts]
        alarms += change(days[:28], days[28]).pvalue <= 0.05
    assert alarms / repeats < 0.05 + 3 * math.sqrt(0.05 * 0.95 / repeats)
    assert alarms / repeats > 0.02  # and it is no test that never speaks


def test_means_that_were_taken_off_cost_degrees_of_freedom() -> None:
    days = [Rate(value=v, variance=0.0, n=1) for v in (1.0, 2.0, 1.5, 1.2, 1.9)]
    now = Rate(value=4.0, variance=0.0, n=1)
    assert change(days, now, n_fitted=3).pvalue > change(days, now).pvalue


def test_without_any_spread_only_the_same_value_is_no_change() -> None:
    still = Rate(value=1.0, variance=0.0, n=10)
    assert change([still, still], still).pvalue == 1.0
    assert change([still], Rate(value=2.0, variance=0.0, n=10)).pvalue == 0.0
