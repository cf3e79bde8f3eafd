"""Rules that say the same of every row, and how rules write."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.analysis.baseline import constants, wording


def test_the_prior_says_the_share_of_training_rows(rows_of):
    rows, problem = rows_of({"x": np.arange(4)}, ["yes", "no", "no", "no"])
    rule = constants.prior(rows, problem=problem)
    assert rule.sentence == "always yes 25 %"
    assert rule.score(rows).tolist() == [0.25] * 4


def test_the_prior_of_many_classes_gives_every_share(rows_of):
    rows, problem = rows_of({"x": np.arange(4)}, ["a", "b", "c", "c"])
    rule = constants.prior(rows, problem=problem)
    assert rule.sentence == "always c (50 %)"
    assert rule.score(rows).shape == (4, 3)
    assert rule.score(rows)[3].tolist() == [0.25, 0.25, 0.5]


def test_mean_and_median_are_numpys(rows_of):
    rows, _ = rows_of({"x": np.arange(4)}, [1.0, 2.0, 3.5, 10.0])
    assert constants.mean(rows).score(rows).tolist() == [4.125] * 4
    assert constants.median(rows).score(rows).tolist() == [2.75] * 4
    assert constants.median(rows).sentence == "always the median, 2.75"


def test_an_unsorted_ranking_ties_everything(rows_of):
    rows, _ = rows_of({"x": np.arange(4)}, [0, 1, 0, 1], groups=[0, 0, 1, 1], kind="ranking")
    assert constants.as_it_comes().score(rows).tolist() == [0] * 4


@pytest.mark.parametrize(
    ("value", "written"),
    [(7612.4, "7,612"), (0.02134, "0.02134"), (float("nan"), "unknown"), (-3.0, "-3")],
)
def test_numbers_have_the_digits_that_a_reader_needs(value, written):
    assert wording.number(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0.0, "0 %"), (0.621, "62 %"), (0.0074, "0.74 %"), (1.0, "100 %")]
)
def test_shares_are_percent_with_two_digits_when_small(value, written):
    assert wording.share(value) == written


def test_days_beyond_the_calendar_stay_numbers():
    assert wording.day(0) == "1970-01-01"
    assert wording.day(1e9) == "1,000 million"


def test_zero_and_one_are_not_named_again(rows_of):
    _, problem = rows_of({"x": np.arange(4)}, [0, 1, 0, 1])
    assert wording.outcome(np.array([0.3]), problem=problem) == "30 %"
