"""Drift by counts: the PSI's null bias, its excess, and what days do by themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from leadline.analysis.monitoring.drift import drift, psi_bias, usual_excess
from leadline.errors import NotEnoughDataError


def test_the_null_bias_of_psi_is_its_closed_form() -> None:
    # (B − 1)(1/n + 1/m); 20 bins and 200 rows a side give .190.
    assert psi_bias(n_bins=20, n_reference=200, n_current=200) == pytest.approx(0.19)


@pytest.mark.parametrize(("n_reference", "n_current"), [(2_000, 2_000), (20_000, 500)])
def test_psi_without_drift_averages_its_null_bias(n_reference: int, n_current: int) -> None:
    # Simulation with known truth: both sides from the same 17 equal bins.
    rng = np.random.default_rng(7)
    shares = np.full(17, 1 / 17)
    pairs = zip(
        rng.multinomial(n_reference, shares, 2_000),
        rng.multinomial(n_current, shares, 2_000),
        strict=True,
    )
    found = [drift(a.astype(float), b.astype(float)) for a, b in pairs]
    bias = psi_bias(n_bins=17, n_reference=n_reference, n_current=n_current)
    assert np.mean([d.psi for d in found]) == pytest.approx(bias, rel=0.04)
    assert abs(np.mean([d.excess for d in found])) < 0.04 * bias
    below = np.mean([d.pvalue <= 0.05 for d in found])
    assert below == pytest.approx(0.05, abs=3 * math.sqrt(0.05 * 0.95 / 2_000))


def test_the_pvalue_is_that_of_a_contingency_table() -> None:
    a, b = np.array([30.0, 50.0, 20.0, 0.0]), np.array([60.0, 30.0, 60.0, 0.0])
    oracle = stats.chi2_contingency(np.array([a, b])[:, :3], correction=False).pvalue
    assert drift(a, b).pvalue == pytest.approx(oracle, rel=1e-9)


def test_a_column_with_one_value_does_not_drift() -> None:
    found = drift(np.array([100.0, 0.0]), np.array([80.0, 0.0]))
    assert (found.psi, found.excess, found.pvalue) == (0.0, 0.0, 1.0)


def test_few_rows_are_refused() -> None:
    with pytest.raises(NotEnoughDataError, match="50 rows a side, got 100 and 3"):
        drift(np.array([50.0, 50.0]), np.array([1.0, 2.0]))


def test_what_the_reference_does_by_itself_is_no_alarm() -> None:
    rng = np.random.default_rng(8)
    shares = rng.dirichlet(np.full(10, 20.0), 28)  # days that truly differ
    days = [rng.multinomial(5_000, p).astype(float) for p in shares]
    pairs = [(np.sum(days, axis=0) - day, day) for day in days]
    usual = usual_excess(pairs)
    fresh = rng.dirichlet(np.full(10, 20.0), 200)
    whole = np.sum(days, axis=0)
    above = [
        drift(whole, rng.multinomial(5_000, p).astype(float)).excess > usual for p in fresh
    ]
    assert usual > 0.1
    assert np.mean(above) < 0.05  # three standard deviations of a right-skewed excess


def test_two_days_say_nothing_of_what_is_usual() -> None:
    day = np.array([100.0, 100.0])
    assert usual_excess([(day, day), (day, day)]) == 0.0
    assert usual_excess([(day, np.array([1.0, 1.0]))] * 5) == 0.0
    assert usual_excess([(day, day)] * 5) == 0.0  # equal days: less than chance, so 0
