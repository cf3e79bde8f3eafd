"""Bounds against published tables, intervals against simulation."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy import stats

from leadline.analysis.experiments.crossings import (
    crossing_probabilities,
    peeking_type_1_error,
)
from leadline.analysis.experiments.sequential import (
    confidence_sequence_half_width,
    spending_bounds,
    stagewise,
)
from leadline.errors import InputError

FIVE = [0.2, 0.4, 0.6, 0.8, 1.0]
DAILY = [(i + 1) / 28 for i in range(28)]


@pytest.mark.parametrize(
    ("spending", "published"),
    [
        # Lan and DeMets (1983) spending functions, five equal looks, two-sided α = .05,
        # as printed by the program of Reboussin, DeMets, Kim and Lan (2000), Controlled
        # Clinical Trials 21, and in the manual of PROC SEQDESIGN.
        ("obrien_fleming", [4.877, 3.357, 2.680, 2.290, 2.031]),
        ("pocock", [2.438, 2.427, 2.410, 2.397, 2.386]),
    ],
)
def test_bounds_equal_the_published_tables(spending, published):
    bounds = spending_bounds(FIVE, alpha=0.05, spending=spending)
    assert bounds.z == pytest.approx(published, abs=5.1e-4)


@pytest.mark.parametrize(
    ("n_looks", "pocock", "type_1"),
    # Jennison and Turnbull (2000): Table 2.1 (Pocock's constant, α = .05) and Armitage,
    # McPherson and Rowe (1969), Table 2 (chance of a false alarm when |Z| > 1.96 is read
    # at each of K looks).
    [(2, 2.178, 0.083), (3, 2.289, 0.107), (5, 2.413, 0.142), (10, 2.555, 0.193),
     (20, 2.672, 0.248)],
)  # fmt: skip
def test_the_recursion_reproduces_pococks_constants_and_the_cost_of_peeking(
    n_looks, pocock, type_1
):
    fractions = [(i + 1) / n_looks for i in range(n_looks)]
    lower, upper = crossing_probabilities(fractions=fractions, z=[pocock] * n_looks)
    assert lower.sum() + upper.sum() == pytest.approx(0.05, abs=1.5e-4)
    assert peeking_type_1_error(n_looks=n_looks) == pytest.approx(type_1, abs=5.1e-4)


def test_obrien_flemings_constant_spends_five_percent():
    # Jennison and Turnbull (2000), Table 2.3: C_B(5, .05) = 2.040, bounds C_B·√(K/k).
    z = [2.040 * np.sqrt(5 / k) for k in range(1, 6)]
    lower, upper = crossing_probabilities(fractions=FIVE, z=z)
    assert lower.sum() + upper.sum() == pytest.approx(0.05, abs=1.5e-4)


def test_one_look_is_the_ordinary_test():
    bounds = spending_bounds([1.0], alpha=0.05)
    # Oracle: scipy.stats.norm.
    assert bounds.z[0] == pytest.approx(stats.norm.isf(0.025), abs=1e-10)
    lower, upper = crossing_probabilities(fractions=[1.0], z=bounds.z, drift=2.5)
    assert upper[0] == pytest.approx(stats.norm.sf(bounds.z[0] - 2.5), abs=1e-12)
    assert lower[0] == pytest.approx(stats.norm.cdf(-bounds.z[0] - 2.5), abs=1e-12)


@pytest.mark.parametrize("spending", ["obrien_fleming", "pocock", 2.0])
@pytest.mark.parametrize("alpha", [0.001, 0.05])
def test_all_of_alpha_is_spent_and_no_more(spending, alpha):
    for fractions in (DAILY, [0.01, 0.5, 0.51, 1.0]):
        bounds = spending_bounds(fractions, alpha=alpha, spending=spending)
        lower, upper = crossing_probabilities(fractions=fractions, z=bounds.z)
        assert lower.sum() + upper.sum() == pytest.approx(alpha, rel=1e-8)
        assert bounds.spent[-1] == pytest.approx(alpha, rel=1e-12)


def test_a_drift_far_outside_the_bounds_always_crosses():
    lower, upper = crossing_probabilities(fractions=FIVE, z=[2.0] * 5, drift=200.0)
    assert upper.sum() == pytest.approx(1.0, abs=1e-12)
    assert lower.sum() == pytest.approx(0.0, abs=1e-12)


def test_stopping_early_for_good_spends_what_is_left():
    bounds = spending_bounds([0.3, 0.7], alpha=0.05, final=True)
    lower, upper = crossing_probabilities(fractions=[0.3, 0.7], z=bounds.z)
    assert lower.sum() + upper.sum() == pytest.approx(0.05, rel=1e-8)


def test_more_information_than_planned_spends_no_more_than_alpha():
    bounds = spending_bounds([0.5, 1.2], alpha=0.05)
    assert bounds.spent[-1] == pytest.approx(0.05)


def test_a_look_with_next_to_no_information_cannot_stop():
    assert spending_bounds([1e-4, 1.0]).z[0] == np.inf


def test_simulated_paths_keep_type_1_error_and_the_predicted_power():
    # Oracle: simulation of 40,000 random walks with known drift.
    rng = np.random.default_rng(7)
    bounds = spending_bounds(DAILY)
    for drift in (0.0, 2.8):
        steps = rng.normal(drift / 28, np.sqrt(1 / 28), size=(40_000, 28))
        z = np.cumsum(steps, axis=1) / np.sqrt(DAILY)
        rejected = (np.abs(z) >= bounds.z).any(axis=1).mean()
        lower, upper = crossing_probabilities(fractions=DAILY, z=bounds.z, drift=drift)
        expected = lower.sum() + upper.sum()
        assert rejected == pytest.approx(expected, abs=4 * np.sqrt(expected / 40_000))


def test_the_stagewise_interval_covers_and_its_estimate_is_median_unbiased():
    # Oracle: simulation with known effect 2.5 (in standard errors at full information).
    rng = np.random.default_rng(3)
    t = np.array(FIVE)
    bounds = spending_bounds(FIVE)
    covered, above, naive = 0, 0, []
    n_paths = 200
    for _ in range(n_paths):
        z = np.cumsum(rng.normal(2.5 * 0.2, np.sqrt(0.2), size=5)) / np.sqrt(t)
        crossed = np.flatnonzero(np.abs(z) >= bounds.z)
        look = int(crossed[0]) if len(crossed) else 4
        se = 1 / np.sqrt(t[look])
        got = stagewise(effect_size=z[look] * se, se=se, bounds=bounds, look=look + 1)
        covered += got.ci_lower <= 2.5 <= got.ci_upper
        above += got.estimate > 2.5
        naive.append(got.naive_estimate)
    # Three simulation errors: 3·√(.05·.95/200) = .046 and 3·√(.25/200) = .106.
    assert covered / n_paths == pytest.approx(0.95, abs=0.046)
    assert above / n_paths == pytest.approx(0.5, abs=0.106)
    assert np.mean(naive) > 2.6  # what forgetting the looks would claim


def test_a_crossing_that_was_passed_over_still_gives_an_ordered_interval():
    bounds = spending_bounds([0.5, 1.0])
    got = stagewise(effect_size=50.0, se=1.0, bounds=bounds, look=2)
    # By the stagewise order, stopping at look 1 would have been more extreme.
    assert got.ci_lower < got.estimate < got.ci_upper < 50


def test_stopping_at_the_first_look_needs_no_adjustment():
    bounds = spending_bounds(FIVE)
    got = stagewise(effect_size=6.0, se=1.0, bounds=bounds, look=1)
    # Oracle: the normal distribution.
    assert got.estimate == pytest.approx(6.0, abs=1e-8)
    assert got.ci_upper == pytest.approx(6.0 + stats.norm.isf(0.025), abs=1e-8)
    assert got.pvalue == pytest.approx(2 * stats.norm.sf(6.0), rel=1e-6)


def test_swapping_the_arms_flips_the_stagewise_result():
    bounds = spending_bounds(FIVE)
    one = stagewise(effect_size=2.5, se=0.9, bounds=bounds, look=4)
    other = stagewise(effect_size=-2.5, se=0.9, bounds=bounds, look=4)
    assert other.estimate == pytest.approx(-one.estimate, abs=1e-8)
    assert (other.ci_lower, other.ci_upper) == pytest.approx(
        (-one.ci_upper, -one.ci_lower), abs=1e-8
    )
    assert other.pvalue == pytest.approx(one.pvalue, abs=1e-10)


def test_the_confidence_sequence_is_tightest_near_its_planned_size():
    # Oracle: Waudby-Smith et al. (2024), equation 9, worked by hand for α = .05 and
    # N = N*: ρ²N = −2 ln α + ln(1 − 2 ln α) = 7.93675; the multiplier of the standard
    # error is √(2·8.93675/7.93675·ln(√8.93675/.05)) = 3.0352.
    assert confidence_sequence_half_width(se=1.0, n=5000, n_planned=5000) == pytest.approx(
        3.0352, abs=1e-4
    )
    tuned, wrong = (
        confidence_sequence_half_width(se=1.0, n=100_000, n_planned=n) for n in (100_000, 5_000)
    )
    assert tuned < wrong


def test_the_confidence_sequence_holds_at_every_look():
    # Oracle: simulation of 2,000 walks of 300 looks without any effect.
    rng = np.random.default_rng(11)
    n = 100 * np.arange(1, 301)
    sums = np.cumsum(rng.normal(0, 10, size=(2000, 300)), axis=1)
    half = [
        confidence_sequence_half_width(se=1 / np.sqrt(m), n=int(m), n_planned=15_000) for m in n
    ]
    assert (np.abs(sums / n) > half).any(axis=1).mean() <= 0.05


def test_twenty_eight_bounds_take_less_than_a_fifth_of_a_second():
    started = time.perf_counter()
    spending_bounds(DAILY)
    assert time.perf_counter() - started < 0.2


def test_impossible_designs_are_refused():
    bounds = spending_bounds([1.0])
    for call in (
        lambda: spending_bounds([]),
        lambda: spending_bounds([0.5, 0.5]),
        lambda: spending_bounds([0.0, 0.5]),
        lambda: peeking_type_1_error(n_looks=1001),
        lambda: spending_bounds([1.0], alpha=1.5),
        lambda: spending_bounds([1.0], spending="none"),
        lambda: spending_bounds([1.0], spending=-1.0),
        lambda: crossing_probabilities(fractions=[1.0], z=[2.0, 2.0]),
        lambda: stagewise(effect_size=1.0, se=1.0, bounds=bounds, look=2),
        lambda: stagewise(effect_size=1.0, se=0.0, bounds=bounds, look=1),
        lambda: confidence_sequence_half_width(se=1.0, n=0, n_planned=10),
    ):
        with pytest.raises(InputError):
            call()
