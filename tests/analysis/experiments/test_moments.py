"""Moments merge exactly and keep their digits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.analysis.experiments.moments import Moments, with_missing_indicator
from leadline.errors import InputError, NotEnoughDataError

values = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30)


def moments(y: object, **kwargs: object) -> Moments:
    return Moments.from_arrays({"y": y}, **kwargs)  # type: ignore[dict-item, arg-type]


@settings(max_examples=50, deadline=None)
@given(values, st.integers(0, 30), st.floats(-1e3, 1e3))
def test_splitting_into_shards_and_merging_changes_nothing(y, cut, pilot):
    whole = moments(y, pilot=(pilot,))
    merged = moments(y[:cut], pilot=(pilot,)) + moments(y[cut:], pilot=(pilot,))
    assert merged.n == whole.n
    # Oracle: numpy on all rows at once.
    assert merged.mean[0] == pytest.approx(np.mean(y), abs=1e-9)
    assert merged.covariance[0, 0] == pytest.approx(np.var(y, ddof=1), rel=1e-9, abs=1e-7)


@settings(max_examples=50, deadline=None)
@given(values, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(y, random):
    shuffled = random.sample(y, len(y))
    one, other = moments(y, pilot=(0.5,)), moments(shuffled, pilot=(0.5,))
    assert one.sums == pytest.approx(other.sums, abs=1e-9)
    assert one.products[0] == pytest.approx(other.products[0], rel=1e-12)


def test_the_variance_survives_a_mean_of_a_hundred_million_standard_deviations():
    # Oracle: Python integers. Half the values are m, half m + 2, so the variance is
    # n / (n − 1) exactly, at a mean 10⁸ standard deviations from zero.
    y = np.array([1e8, 1e8 + 2] * 500)
    for pilot in (None, (1e8,), (1e8 + 7,)):
        assert moments(y, pilot=pilot).covariance[0, 0] == pytest.approx(1000 / 999, rel=1e-9)


def test_recentring_is_exact_and_lets_moments_add():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(50, 2)) @ [[1, 0.5], [0, 2]] + [3, 4]
    whole = Moments.from_arrays({"numerator": x[:, 0], "denominator": x[:, 1]})
    parts = [
        Moments.from_arrays({"numerator": part[:, 0], "denominator": part[:, 1]}).recentre(
            (3.0, 4.0)
        )
        for part in (x[:20], x[20:])
    ]
    merged = parts[0] + parts[1]
    assert merged.mean == pytest.approx(whole.mean, rel=1e-12)
    # Oracle: numpy.cov.
    assert merged.covariance == pytest.approx(np.cov(x.T), rel=1e-12)


def test_moments_around_different_centres_are_refused():
    with pytest.raises(InputError, match="recentre"):
        moments([1, 2], pilot=(0.0,)) + moments([1, 2], pilot=(1.0,))


@pytest.mark.parametrize(
    ("policy", "n", "n_missing", "mean"),
    [("zero", 4, 0, 0.75), ("exclude", 2, 2, 1.5)],  # (1 + 2) / 4 and (1 + 2) / 2
)
def test_missing_values_mean_what_the_policy_says(policy, n, n_missing, mean):
    got = moments([1, np.nan, 2, np.nan], missing=policy)
    assert (got.n, got.n_missing, got.mean[0]) == (n, n_missing, mean)


def test_missing_values_are_refused_with_their_count_and_an_example_by_default():
    with pytest.raises(InputError, match="2 of 4 rows have no value, the first is row 1"):
        moments([1, np.nan, 2, np.nan])


def test_infinite_values_are_named():
    with pytest.raises(InputError, match="y is infinite in row 2"):
        moments([1, 2, np.inf])


def test_absurd_values_are_named_before_they_spoil_a_sum():
    with pytest.raises(InputError, match="infinite or absurd"):
        moments([1e200, -1e200, 0.0])


def test_a_covariate_with_gaps_needs_its_indicator():
    with pytest.raises(InputError, match="covariate"):
        Moments.from_arrays({"y": [1, 2], "x1": [np.nan, 1]}, missing="zero")
    filled = with_missing_indicator({"x1": [np.nan, 3.0]}, fill=-1.0)
    assert filled["x1"].tolist() == [-1.0, 3.0]
    assert filled["x1_missing"].tolist() == [1.0, 0.0]


def test_counts_and_published_moments_give_the_same_as_rows():
    rows = moments([1, 1, 0, 0, 0], pilot=(0.0,))
    assert Moments.from_counts(successes=2, n=5) == rows
    rebuilt = Moments.from_mean_sd(n=5, mean=0.4, sd=np.std([1, 1, 0, 0, 0], ddof=1))
    assert rebuilt.covariance == pytest.approx(rows.covariance)


def test_selecting_columns_keeps_their_products():
    both = Moments.from_arrays({"y": [1.0, 2, 4], "x1": [0.0, 1, 5]})
    assert both.select("x1", "y").covariance[0, 1] == both.covariance[0, 1]
    assert both.select("x1").columns == ("x1",)
    with pytest.raises(InputError, match="no column"):
        both.select("z")


def test_undefined_moments_are_errors():
    empty = moments([])
    with pytest.raises(NotEnoughDataError, match="at least 1 row"):
        _ = empty.mean
    with pytest.raises(NotEnoughDataError, match="at least 2 rows, got 1"):
        _ = moments([1.0]).covariance


@pytest.mark.parametrize(
    "fields",
    [
        {"columns": ()},
        {"pilot": (0.0, 1.0)},
        {"products": ((1.0, 2.0),)},
        {"n": -1},
        {"n_missing": -1},
        {"sums": (float("inf"),)},
    ],
)
def test_malformed_moments_are_refused(fields):
    sound = {"columns": ("y",), "n": 2, "pilot": (0.0,), "sums": (1.0,), "products": ((1.0,),)}
    with pytest.raises(InputError):
        Moments(**(sound | fields))


def test_arguments_out_of_range_are_refused():
    with pytest.raises(InputError, match="successes"):
        Moments.from_counts(successes=3, n=2)
    with pytest.raises(InputError, match="sd"):
        Moments.from_mean_sd(n=3, mean=0.0, sd=-1.0)
    with pytest.raises(InputError, match="equally long"):
        Moments.from_arrays({"y": [1.0], "x1": [1.0, 2.0]})
