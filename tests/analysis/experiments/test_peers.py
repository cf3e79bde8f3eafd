"""Agreement with gbstats and Spotify confidence, whose figures benchmarks/experiment_peers.py
prints in an environment of their own.

gbstats 0.8.0 uses t with Welch's degrees of freedom everywhere, Spotify confidence 4.1.0
z everywhere; we use t for means and ratios, z for proportions. Where the distribution
differs, effect and standard error are compared and the critical values account for the
rest.
"""

from __future__ import annotations

import math

import pytest
from scipy import stats

from benchmarks.experiment_peers import (
    CONTROL,
    COVARIATE,
    LOOKS,
    RATIO,
    SUCCESSES,
    TREATMENT,
)
from leadline.analysis.experiments import covariates
from leadline.analysis.experiments.effects import Effect, compare
from leadline.analysis.experiments.metrics import Mean, Proportion, Ratio
from leadline.analysis.experiments.moments import Moments
from leadline.analysis.experiments.sequential import (
    confidence_sequence_half_width,
    spending_bounds,
)

Z = stats.norm.isf(0.025)


def moments(columns: tuple[str, ...], n: int, sums: list[float], products: list[list[float]]):
    return Moments(
        columns=columns,
        n=n,
        pilot=(0.0,) * len(columns),
        sums=tuple(sums),
        products=tuple(tuple(row) for row in products),
    )


def mean_effect() -> Effect:
    control, treatment = (
        moments(("y",), arm["n"], [arm["sum"]], [[arm["squares"]]])
        for arm in (CONTROL, TREATMENT)
    )
    return compare(treatment=treatment, control=control, metric=Mean(column="y"))


def share_effect() -> Effect:
    control, treatment = (
        Moments.from_counts(successes=successes, n=arm["n"])
        for arm, successes in zip((CONTROL, TREATMENT), SUCCESSES, strict=True)
    )
    return compare(treatment=treatment, control=control, metric=Proportion(column="y"))


def assert_is(
    effect: Effect, *, size: float, lower: float, upper: float, pvalue: float
) -> None:
    assert effect.effect_size == pytest.approx(size, rel=1e-9)
    assert (effect.ci_lower, effect.ci_upper) == pytest.approx((lower, upper), rel=1e-9)
    assert effect.pvalue == pytest.approx(pvalue, rel=1e-9)


def test_a_mean_equals_gbstats():
    assert_is(
        mean_effect(),
        size=0.22669491525423746,
        lower=0.0434261531937562,
        upper=0.4099636773147187,
        pvalue=0.015356364181544402,
    )


def test_a_mean_equals_spotify_up_to_t_against_z():
    effect = mean_effect()
    lower, upper = 0.04351974838571543, 0.4098700821227595
    assert effect.effect_size == pytest.approx(0.22669491525423746, rel=1e-9)
    assert effect.se == pytest.approx((upper - lower) / 2 / Z, rel=1e-9)
    assert 2 * stats.norm.sf(effect.statistic) == pytest.approx(0.015282142724944535, rel=1e-8)


def test_a_proportion_equals_spotify():
    assert_is(
        share_effect(),
        size=0.043926553672316404,
        lower=0.005309083379930107,
        upper=0.0825440239647027,
        pvalue=0.02578614049107999,
    )


def test_a_proportion_equals_gbstats_up_to_z_against_t():
    effect = share_effect()
    lower, upper = 0.005289381899463451, 0.08256372544516935
    n = (TREATMENT["n"], CONTROL["n"])
    variances = [k / m * (1 - k / m) / m for k, m in zip(SUCCESSES[::-1], n, strict=True)]
    df = sum(variances) ** 2 / sum(v**2 / (m - 1) for v, m in zip(variances, n, strict=True))
    assert effect.se == pytest.approx((upper - lower) / 2 / stats.t.isf(0.025, df), rel=1e-9)


def test_a_ratio_equals_gbstats():
    control, treatment = (
        moments(
            ("numerator", "denominator"),
            arm["n"],
            [arm["sum"], arm["d_sum"]],
            [[arm["squares"], arm["products"]], [arm["products"], arm["d_squares"]]],
        )
        for arm in RATIO
    )
    effect = compare(
        treatment=treatment, control=control, metric=Ratio(numerator="n", denominator="d")
    )
    assert_is(
        effect,
        size=0.026426394872333725,
        lower=0.004814348238710121,
        upper=0.04803844150595733,
        pvalue=0.0165713234580247,
    )


def test_cuped_equals_gbstats_with_its_coefficient(monkeypatch):
    # gbstats takes θ from both arms thrown together, we take it from within the arms.
    control, treatment = (
        moments(
            ("y", "x1"),
            arm["n"],
            [arm["sum"], x["sum"]],
            [[arm["squares"], x["products"]], [x["products"], x["squares"]]],
        )
        for arm, x in zip((CONTROL, TREATMENT), COVARIATE, strict=True)
    )
    pair = {"treatment": treatment, "control": control}
    size = 0.2439035116179189
    ours = compare(**pair, metric=Mean(column="y"))
    assert ours.effect_size == pytest.approx(size, abs=0.001 * ours.se)  # θ's difference
    joint = (treatment + control).covariance
    theta = joint[1:, 0] / joint[1, 1]
    monkeypatch.setattr(covariates, "pooled_theta", lambda *_, **__: theta)
    assert_is(
        compare(**pair, metric=Mean(column="y")),
        size=size,
        lower=0.09141408780788382,
        upper=0.39639293542795395,
        pvalue=0.0017307112126954127,
    )


def test_the_confidence_sequence_equals_gbstats():
    effect = mean_effect()
    half = confidence_sequence_half_width(se=effect.se, n=effect.n_obs, n_planned=5000)
    lower, upper = -0.06220284097173312, 0.515592671480208
    assert half == pytest.approx((upper - lower) / 2, rel=1e-9)


def test_power_family_bounds_equal_spotifys():
    # Spotify carries each side by itself and truncates at 8; the two agree to 1e-4.
    theirs = [3.480756, 2.870599, 2.503023, 2.256564, 2.110025]
    ours = spending_bounds(list(LOOKS), alpha=0.05, spending=2.0)
    assert ours.z == pytest.approx(theirs, abs=1e-4)
    assert math.isclose(ours.spent[0], 0.0005)
