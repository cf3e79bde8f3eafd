"""Shrinkage against closed forms, simulation, and half of a real archive."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from leadline.analysis.experiments.shrinkage import Prior, default_prior, fit_prior, shrink
from leadline.errors import InputError, NotEnoughDataError


def normal_prior(sd: float) -> Prior:
    return Prior(scales=(0.0, sd), weights=(0.0, 1.0), n_experiments=50, source="experiments")


def test_one_normal_component_gives_the_textbook_posterior():
    got = shrink([3.0], [2.0], prior=normal_prior(1.0))
    # Closed form: mean x·g²/(g² + s²), variance g²s²/(g² + s²).
    sd = math.sqrt(4 / 5)
    assert got.mean[0] == pytest.approx(0.6, rel=1e-12)
    assert got.sd[0] == pytest.approx(sd, rel=1e-12)
    assert got.lower[0] == pytest.approx(stats.norm.ppf(0.025, 0.6, sd), abs=1e-6)
    assert got.upper[0] == pytest.approx(stats.norm.ppf(0.975, 0.6, sd), abs=1e-6)
    assert got.probability_positive[0] == pytest.approx(stats.norm.sf(0, 0.6, sd), rel=1e-9)


def test_a_mixture_gives_what_numerical_integration_gives():
    prior = Prior(scales=(0.5, 2.0), weights=(0.7, 0.3), n_experiments=50, source="experiments")

    def density(d: float) -> float:
        mixed = 0.7 * stats.norm.pdf(d, 0, 0.5) + 0.3 * stats.norm.pdf(d, 0, 2.0)
        return float(mixed * stats.norm.pdf(1.5, d, 1.0))

    # Oracle: scipy.integrate.quad of the posterior.
    mass = integrate.quad(density, -15, 15)[0]
    mean = integrate.quad(lambda d: d * density(d), -15, 15)[0] / mass
    got = shrink([1.5], [1.0], prior=prior)
    assert got.mean[0] == pytest.approx(mean, rel=1e-6)
    below = integrate.quad(density, -15, float(got.upper[0]))[0] / mass
    assert below == pytest.approx(0.975, abs=1e-6)


def test_an_effect_that_is_surely_nothing_has_its_step_at_zero():
    nothing = Prior(scales=(0.0,), weights=(1.0,), n_experiments=50, source="experiments")
    got = shrink([2.0], [1.0], prior=nothing)
    assert (got.mean[0], got.sd[0], got.lower[0], got.upper[0]) == (0.0, 0.0, 0.0, 0.0)
    assert got.probability_positive[0] == 0.0


def test_below_twenty_experiments_the_default_prior_stands():
    x, s = np.linspace(-1, 1, 19), np.full(19, 0.5)
    assert fit_prior(x, s) == default_prior(typical_se=0.5)
    learned = fit_prior(np.append(x, 0.0), np.append(s, 0.5))
    assert (learned.source, learned.n_experiments) == ("experiments", 20)


@pytest.mark.parametrize("true_sd", [1.0, 4.0])
def test_the_prior_learns_the_size_of_true_effects(true_sd):
    # Oracle: simulation with known effects and unequal noise.
    rng = np.random.default_rng(1)
    s = rng.uniform(0.5, 1.5, 2000)
    truth = rng.normal(0, true_sd, 2000)
    prior = fit_prior(truth + rng.normal(0, s), s)
    assert prior.sd == pytest.approx(true_sd, rel=0.2)
    assert sum(prior.weights) == pytest.approx(1.0)


def test_believed_effects_are_right_on_average_and_their_intervals_cover():
    # Oracle: simulation; four effects in five are nothing, the winners are chosen.
    rng = np.random.default_rng(2)
    truth = np.where(rng.random(3000) < 0.2, rng.normal(0, 3, 3000), 0.0)
    x = truth + rng.normal(size=3000)
    got = shrink(x, np.ones(3000), prior=fit_prior(x, np.ones(3000)))
    won = x > 1.96
    assert x[won].sum() / truth[won].sum() > 1.15  # what adding up the claims would say
    assert got.mean[won].sum() / truth[won].sum() == pytest.approx(1.0, abs=0.07)
    assert ((got.lower <= truth) & (truth <= got.upper)).mean() >= 0.94


def test_a_few_effects_are_believed_as_much_as_the_same_ones_among_many():
    # Oracle: each effect's posterior depends on nothing but itself and the prior. Few are
    # worked out by the standard library's erfc, many by SciPy's ndtr.
    x, s = np.linspace(-4, 4, 3000), np.linspace(0.5, 2, 3000)
    prior = default_prior(typical_se=1.0)
    few, many = shrink(x[:60], s[:60], prior=prior), shrink(x, s, prior=prior)
    for name in ("lower", "upper", "positive_part", "probability_positive"):
        assert getattr(few, name) == pytest.approx(getattr(many, name)[:60], rel=1e-9)


def test_shrinkage_beats_james_stein_where_most_changes_do_nothing():
    # James and Stein (1961), positive part, towards 0: one factor for all effects.
    rng = np.random.default_rng(3)
    truth = np.where(rng.random(500) < 0.1, rng.normal(0, 5, 500), 0.0)
    x = truth + rng.normal(size=500)
    factor = max(0.0, 1 - (len(x) - 2) / (x**2).sum())
    ours = shrink(x, np.ones(500), prior=fit_prior(x, np.ones(500))).mean
    error_ours = ((ours - truth) ** 2).mean()
    assert error_ours < 0.8 * ((factor * x - truth) ** 2).mean()


def test_scaling_the_unit_scales_the_belief():
    rng = np.random.default_rng(4)
    x, s = rng.normal(size=40), rng.uniform(0.5, 1, 40)
    one = shrink(x, s, prior=fit_prior(x, s))
    other = shrink(1000 * x, 1000 * s, prior=fit_prior(1000 * x, 1000 * s))
    assert other.mean == pytest.approx(1000 * one.mean, rel=1e-9)
    assert other.upper == pytest.approx(1000 * one.upper, rel=1e-6, abs=1e-6)


def test_ledgers_of_random_halves_claim_what_the_other_halves_show(shared_data):
    # Oracle: real data split in two: one half is measured, the other is the truth. The
    # full run is benchmarks/winners_curse.py.
    from benchmarks.winners_curse import ledgers, read_tests

    tests = read_tests(shared_data / "upworthy" / "tests.csv")
    for k, n_ledgers in ((10, 500), (40, 300), (100, 500)):
        got = ledgers(tests, n_experiments=k, n_ledgers=n_ledgers, rng=np.random.default_rng(k))
        assert 0.85 <= got.claimed_over_true <= 1.15
        assert got.coverage >= 0.93
        assert got.naive_over_true > 1.5


@pytest.mark.parametrize(
    ("x", "s"), [([1.0], [0.0]), ([1.0], [np.nan]), ([np.inf], [1.0]), ([1.0], [1.0, 2.0])]
)
def test_effects_without_a_standard_error_are_refused(x, s):
    with pytest.raises(InputError):
        fit_prior(x, s)


def test_no_experiments_give_no_prior():
    with pytest.raises(NotEnoughDataError):
        fit_prior([], [])
    with pytest.raises(InputError):
        default_prior(typical_se=0.0)


@pytest.mark.parametrize("true_size", [0.2, 0.4, 1.0, 2.5, 4.0])
def test_the_default_prior_holds_where_it_was_not_centred(true_size):
    # Simulation: true effects far smaller or larger than the 0.92 standard errors that the
    # default takes for granted. Its interval covers; its sum claims too much where effects
    # are tiny (half of what the plain sum claims), and a little too little where they are
    # large.
    rng = np.random.default_rng(12)
    truth = np.where(rng.random(40_000) < 0.2, 0.0, true_size * rng.normal(size=40_000))
    seen = truth + rng.normal(size=40_000)
    found = shrink(seen, np.ones(40_000), prior=default_prior(typical_se=1.0))
    won = seen > 1.96
    inside = (found.lower[won] <= truth[won]) & (truth[won] <= found.upper[won])
    assert inside.mean() >= 0.91
    believed, claimed = found.mean[won].sum(), seen[won].sum()
    assert believed < 0.9 * claimed
    assert believed > 0.8 * truth[won].sum()
