"""Calibration of predicted gains against known slopes."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from leadline.analysis.experiments.calibration import Launch, calibrate
from leadline.errors import InputError, NotEnoughDataError


def launches(
    n: int, *, slope: float, seed: int, p_se: float = 0.5, m_se: float = 0.5
) -> list[Launch]:
    rng = np.random.default_rng(seed)
    truth = rng.normal(2, 1, n)
    predicted = truth + rng.normal(0, p_se, n) if p_se else truth
    measured = slope * truth + rng.normal(0, m_se, n)
    return [
        Launch(predicted=p, predicted_se=p_se, measured=m, measured_se=m_se)
        for p, m in zip(predicted.tolist(), measured.tolist(), strict=True)
    ]


def test_without_noise_in_the_prediction_the_slope_is_least_squares_through_the_origin():
    data = launches(60, slope=0.4, seed=1, p_se=0.0)
    p, m = np.array([(x.predicted, x.measured) for x in data]).T
    got = calibrate(data)
    # Oracle: statsmodels OLS without a constant.
    fitted = sm.OLS(m, p).fit()
    assert got.slope == pytest.approx(fitted.params[0], rel=1e-3)
    assert (got.slope_lower, got.slope_upper) == pytest.approx(
        fitted.conf_int()[0].tolist(), abs=0.1 * got.slope
    )


def test_noisy_predictions_do_not_flatten_the_slope():
    # Oracle: simulation with known slope .5; plain least squares through the origin is
    # biased by E[p²_true]/E[p²] = 5/6.
    data = launches(400, slope=0.5, seed=2, p_se=1.0)
    p, m = np.array([(x.predicted, x.measured) for x in data]).T
    assert p @ m / (p @ p) == pytest.approx(0.5 * 5 / 6, abs=0.03)
    assert calibrate(data).slope == pytest.approx(0.5, abs=0.03)


def test_the_slopes_interval_covers_about_as_often_as_it_says():
    # Oracle: simulation with known slope, 40 histories of 12 launches.
    covered = 0
    for seed in range(40):
        got = calibrate(launches(12, slope=0.6, seed=seed))
        covered += got.slope_lower <= 0.6 <= got.slope_upper
    assert covered / 40 >= 0.95 - 4 * math.sqrt(0.95 * 0.05 / 40)


def test_coverage_signs_and_ranks_are_counted():
    data = [
        Launch(predicted=1.0, predicted_se=0.0, measured=1.1, measured_se=0.1),
        Launch(predicted=2.0, predicted_se=0.0, measured=-1.0, measured_se=0.1),
        Launch(predicted=2.0, predicted_se=0.0, measured=2.1, measured_se=0.1),
    ]
    got = calibrate(data)
    assert got.coverage == pytest.approx(2 / 3)
    assert got.sign_agreement == pytest.approx(2 / 3)
    # Oracle: scipy.stats.spearmanr.
    oracle = stats.spearmanr([1, 2, 2], [1.1, -1, 2.1]).statistic
    assert got.rank_correlation == pytest.approx(oracle)


def test_a_proxy_is_unproven_below_five_launches():
    got = calibrate(launches(4, slope=1.0, seed=1))
    assert not got.proven
    assert got.state == "proxy unproven: 4 of 5 launches"
    assert math.isnan(got.slope)
    assert math.isnan(got.discounted(3.0))


def test_a_proxy_that_says_nothing_is_unproven_however_often_it_was_tried():
    got = calibrate(launches(30, slope=0.0, seed=5))
    assert got.state == "proxy unproven: the slope may be 0"
    assert math.isnan(got.discounted(3.0))


def test_a_proven_proxy_discounts_the_next_prediction():
    got = calibrate(launches(40, slope=0.5, seed=6, p_se=0.1, m_se=0.1))
    assert got.proven
    assert got.discounted(10.0) == pytest.approx(10 * got.slope)
    assert got.state == f"a predicted gain of 1 has been {got.slope:.2f} in truth"


def test_launches_that_bound_nothing_have_an_endless_interval():
    got = calibrate(
        [
            Launch(predicted=0.01 * i, predicted_se=1.0, measured=0.02 * i, measured_se=1.0)
            for i in (-2, -1, 1, 2, 3)
        ]
    )
    assert math.isinf(got.slope_lower)
    assert math.isinf(got.slope_upper)
    assert not got.proven


def test_predictions_of_nothing_have_no_slope():
    flat = [
        Launch(predicted=0.0, predicted_se=1.0, measured=m, measured_se=1.0)
        for m in (1.0, 2, 3, 4, 5)
    ]
    got = calibrate(flat)
    assert math.isnan(got.slope)
    assert math.isnan(got.rank_correlation)
    assert not got.proven


def test_what_cannot_be_calibrated_is_refused():
    with pytest.raises(NotEnoughDataError):
        calibrate([])
    with pytest.raises(InputError):
        calibrate([Launch(predicted=1.0, predicted_se=0.0, measured=1.0, measured_se=0.0)])
