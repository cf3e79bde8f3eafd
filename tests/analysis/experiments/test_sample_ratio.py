"""Sample ratio mismatch against scipy, simulation and two real data sets."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from leadline.analysis.experiments.sample_ratio import (
    sample_ratio,
    sample_ratio_pvalues,
    scan_sample_ratio,
    sequential_sample_ratio,
)
from leadline.errors import InputError, NotEnoughDataError


@pytest.mark.parametrize(
    ("counts", "weights"),
    [([1012, 988], None), ([500, 260, 240], [2, 1, 1]), ([90, 110, 105, 95], None)],
)
def test_the_p_value_equals_scipys_chi_square(counts, weights):
    shares = np.array(weights or [1] * len(counts)) / sum(weights or [1] * len(counts))
    oracle = stats.chisquare(counts, np.sum(counts) * shares)
    got = sample_ratio(counts, weights=weights)
    assert got.statistic == pytest.approx(oracle.statistic, rel=1e-12)
    assert got.pvalue == pytest.approx(oracle.pvalue, rel=1e-9)
    assert not got.sample_ratio_mismatch


def test_cookie_cats_arms_do_not_have_equal_size(shared_data):
    table = pd.read_csv(shared_data / "cookie_cats" / "cookie_cats.csv.gz")
    got = sample_ratio(table.version.value_counts().tolist())
    # Published: p = .0086; suspicious, yet above the level that blocks a verdict.
    assert got.pvalue == pytest.approx(0.0086, abs=5e-5)
    assert not got.sample_ratio_mismatch


def test_upworthys_broken_period_is_found_and_the_rest_is_left_alone(shared_data):
    table = pd.read_csv(shared_data / "upworthy" / "tests.csv")
    wide = table.pivot_table(
        index=["experiment", "started_at"], columns="arm", values="impressions"
    )
    pvalues = sample_ratio_pvalues(wide.to_numpy())
    days = pd.to_datetime(wide.index.get_level_values("started_at")).strftime("%Y-%m-%d")
    broken = (days >= "2013-06-25") & (days <= "2014-01-10")
    # The archive's authors report that period's assignment as broken.
    assert np.nanmean(pvalues[broken] < 0.001) >= 0.65
    assert np.nanmean(pvalues[~broken] < 0.001) <= 0.01


def test_experiments_too_small_to_say_get_no_p_value():
    got = sample_ratio_pvalues([[4, 5, np.nan], [np.nan] * 3, [50, np.nan, np.nan], [0, 0, 0]])
    assert np.isnan(got).all()
    with pytest.raises(NotEnoughDataError, match="5 expected units"):
        sample_ratio([3, 4])


def test_daily_looks_keep_the_level_that_a_daily_chi_square_loses():
    # Oracle: simulation of 20,000 experiments of 28 days; at α = .01 so that it is cheap.
    rng = np.random.default_rng(9)
    daily = rng.binomial(400, 0.5, size=(20_000, 28))
    first = np.cumsum(daily, axis=1)
    totals = 400 * np.arange(1, 29)
    z = (2 * first - totals) / np.sqrt(totals)
    example = np.column_stack([first[0], totals - first[0]])
    bounds = np.array(sequential_sample_ratio(example, alpha=0.01).bounds)
    ours = (np.abs(z) >= bounds).any(axis=1).mean()
    naive = (np.abs(z) >= stats.norm.isf(0.005)).any(axis=1).mean()
    assert ours == pytest.approx(0.01, abs=4 * math.sqrt(0.01 * 0.99 / 20_000))
    assert naive > 0.05


def test_a_leaking_arm_is_found_and_named():
    days = np.array([[1000, 1000, 1000]] * 5 + [[1000, 1000, 700]] * 9)
    got = sequential_sample_ratio(days.cumsum(axis=0), n_planned=60_000)
    assert got.sample_ratio_mismatch
    assert got.arm == 2
    assert got.first_look is not None
    assert 5 < got.first_look <= 14
    assert len(got.z[0]) == 3


def test_a_sound_split_is_left_alone():
    got = sequential_sample_ratio([[500, 505], [1010, 1000]])
    assert (got.sample_ratio_mismatch, got.first_look, got.arm) == (False, None, None)


def test_the_scan_shows_where_the_mismatch_comes_from():
    cells = {"desktop": [5000, 5050], "phone": [3000, 2500], "tablet": [2, 1]}
    got = scan_sample_ratio(cells)
    assert [cell.name for cell in got.suspects] == ["phone"]
    assert got.cells[0].name == "phone"
    # Oracle: χ² of what remains, (5002, 5051).
    assert got.rest_pvalue == pytest.approx(stats.chisquare([5002, 5051]).pvalue, rel=1e-9)
    tablet = got.cells[-1]
    assert math.isnan(tablet.pvalue)
    assert not tablet.suspect


@pytest.mark.parametrize("weights", [[1.0], [1.0, 0.0], [1.0, -1.0]])
def test_a_split_without_weights_for_every_arm_is_refused(weights):
    with pytest.raises(InputError, match="weight above 0"):
        sample_ratio([100, 100], weights=weights)


def test_one_arm_has_no_split():
    with pytest.raises(InputError, match="two arms"):
        sample_ratio([100])


def test_days_without_new_units_are_no_looks():
    quiet = sequential_sample_ratio([[0, 0], [500, 505], [500, 505], [1010, 1000]])
    busy = sequential_sample_ratio([[500, 505], [1010, 1000]])
    assert (quiet.bounds[1], quiet.bounds[3]) == busy.bounds
    assert quiet.bounds[0] == quiet.bounds[2] == math.inf
    assert not quiet.sample_ratio_mismatch
    with pytest.raises(NotEnoughDataError, match="first unit"):
        sequential_sample_ratio([[0, 0]])
