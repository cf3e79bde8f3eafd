"""Distribution functions against SciPy's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import special

from leadline.analysis.tails import (
    chi_square_tail,
    kolmogorov_tail,
    normal_cdf,
    normal_cdfs,
    normal_quantile,
    t_cdf,
    t_quantile,
)

DEGREES = (1, 1.5, 2, 5, 29.3, 119, 121, 1e3, 9_999, 10_001, 2e5, 9.9e5, 1.1e6, 1e8)


def test_the_normal_equals_scipys_in_both_tails():
    # Oracle: scipy.special.ndtr and ndtri.
    for x in np.linspace(-37, 8, 200).tolist():
        assert normal_cdf(x) == pytest.approx(special.ndtr(x), rel=1e-12)
    for p in (1e-300, 1e-15, 0.025, 0.5, 0.8, 1 - 1e-12):
        assert normal_quantile(p) == pytest.approx(special.ndtri(p), rel=1e-14, abs=1e-16)
    assert (normal_quantile(0), normal_quantile(1)) == (-math.inf, math.inf)


def test_the_normal_of_an_array_keeps_its_shape():
    # Oracle: scipy.special.ndtr.
    x = np.linspace(-30, 8, 12).reshape(3, 4)
    assert normal_cdfs(x) == pytest.approx(special.ndtr(x), rel=1e-12)


@pytest.mark.parametrize("df", DEGREES)
def test_tails_of_t_equal_scipys(df):
    # Oracle: scipy.special.stdtr.
    for x in (-10, -5, -3, -2, -1.8, -1.7, -0.5, -1e-3, 0, 0.5, 1, 2, 5):
        assert t_cdf(x, df=df) == pytest.approx(special.stdtr(df, x), rel=1e-10)


@pytest.mark.parametrize("df", DEGREES)
def test_quantiles_of_t_equal_scipys(df):
    # Oracle: scipy.special.stdtrit.
    for p in (1e-10, 1e-5, 0.001, 0.025, 0.1, 0.24, 0.26, 0.4999, 0.5, 0.7, 0.975, 0.9995):
        expected = special.stdtrit(df, p)
        assert t_quantile(p, df=df) == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_t_with_one_degree_of_freedom_is_cauchys_law():
    # Oracle: closed form, ½ + atan(x)/π; scipy.special.stdtr is off by 1e-9 here.
    assert t_cdf(1e-8, df=1) == pytest.approx(0.5 + math.atan(1e-8) / math.pi, rel=1e-15)


def test_t_with_infinite_degrees_of_freedom_is_normal_and_no_number_stays_none():
    assert t_cdf(-1.96, df=math.inf) == normal_cdf(-1.96)
    assert t_quantile(0.025, df=math.inf) == normal_quantile(0.025)
    assert t_quantile(0, df=5) == -math.inf
    assert math.isnan(t_cdf(math.nan, df=5))


@pytest.mark.parametrize("df", [20, 500, 5_000])
def test_a_quantile_that_a_double_hardly_holds_is_still_found(df):
    # Oracle: its own tail; scipy.special.stdtrit gives infinity for some of these.
    assert t_cdf(t_quantile(1e-300, df=df), df=df) == pytest.approx(1e-300, rel=1e-6)


def test_chi_square_equals_scipys():
    # Oracle: scipy.special.chdtrc.
    for df in (1, 2, 3, 4, 9, 10, 49):
        for x in (0, 0.01, 1, 10.8, 50, 300):
            assert chi_square_tail(x, df=df) == pytest.approx(special.chdtrc(df, x), rel=1e-12)


def test_kolmogorovs_distance_equals_scipys():
    # Oracle: scipy.special.kolmogorov.
    for x in (0, 0.1, 0.2, 0.5, 1, 1.95, 3):
        assert kolmogorov_tail(x) == pytest.approx(special.kolmogorov(x), abs=1e-12)
