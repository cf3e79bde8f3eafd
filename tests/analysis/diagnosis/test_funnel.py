"""The loss funnel against arithmetic done by hand and against its own world."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leadline.analysis.diagnosis.funnel import funnel
from leadline.errors import InputError, NotEnoughDataError

RNG = np.random.default_rng(0)


def test_a_stage_is_worth_its_lost_units_times_all_later_rates():
    found = funnel(
        1000, [("covered", 500), ("served", 400), ("exposed", 100), ("acted", 20)], rng=RNG
    )
    covered, served, exposed, acted = found.stages
    # oracle, by hand: 500 lost × 20/500; 100 lost × 20/400; 300 lost × 20/100
    assert (covered.worth, served.worth, exposed.worth) == pytest.approx((20, 5, 60))
    assert math.isnan(acted.worth)
    assert acted.share == pytest.approx(0.2)
    assert found.best == "exposed"
    assert found.probability > 0.99
    assert exposed.worth_lower < 60 < exposed.worth_upper


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    rng = np.random.default_rng(1)
    rates, n = np.array([0.6, 0.5, 0.3]), 800
    # oracle: the world's own rates; 1 unit in 0.4 is lost first, 0.5 × 0.3 of it would act
    true = n * (1 - rates[0]) * rates[1] * rates[2]
    held = 0
    for _ in range(150):
        first = rng.binomial(n, rates[0])
        second = rng.binomial(first, rates[1])
        third = rng.binomial(second, rates[2])
        stage = funnel(n, [("a", first), ("b", second), ("c", third)], rng=rng).stages[0]
        held += stage.worth_lower <= true <= stage.worth_upper
    assert 0.7 < held / 150 < 0.9


def test_two_stages_of_one_worth_are_not_told_apart():
    found = funnel(400, [("a", 300), ("b", 225), ("c", 50)], rng=RNG)
    # oracle: 100 × 50/300 = 16.7 and 75 × 50/225 = 16.7
    assert found.stages[0].worth == pytest.approx(found.stages[1].worth)
    assert found.best == ""
    assert found.probability < 0.9


def test_nothing_lost_and_nothing_left():
    whole = funnel(100, [("a", 100), ("b", 100), ("c", 10)], rng=RNG)
    assert whole.best == ""
    assert math.isnan(whole.probability)
    none = funnel(100, [("a", 40), ("b", 0), ("c", 0)], rng=RNG)
    assert math.isnan(none.stages[2].share)
    assert math.isnan(none.stages[1].worth)  # nobody knows what would have come after
    assert math.isnan(none.stages[1].worth_lower)


def test_counts_that_are_no_funnel_are_refused():
    with pytest.raises(InputError, match="at least 2 stages"):
        funnel(100, [("a", 10)], rng=RNG)
    with pytest.raises(InputError, match="fall from stage to stage"):
        funnel(100, [("a", 10), ("b", 11)], rng=RNG)
    with pytest.raises(NotEnoughDataError, match="30 units"):
        funnel(20, [("a", 10), ("b", 1)], rng=RNG)
