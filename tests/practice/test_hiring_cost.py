"""The calculator of slow and quick hiring, against a simulation and by hand."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from statistics import fmean, stdev

import pytest

from leadline.errors import InputError
from leadline.practice.hiring_cost import Guesses, compare

GUESSES = Guesses(
    salary_per_year=104_000,
    worth_per_salary=1.5,
    bad_worth_per_salary=0.2,
    weeks_until_parted=26,
    team_hours_per_week=8,
    search_cost=12_000,
    quick_weeks=6,
    slow_weeks=14,
    quick_bad=0.35,
    slow_bad=0.1,
)


def simulated(weeks: float, bad: float, *, random: Random) -> float:
    """One way to a good hire, week by week: the oracle."""
    cost = 0.0
    while True:
        cost += 12_000 + weeks * 2000 * 0.5  # an empty week loses 1.5 − 1 salaries
        if random.random() >= bad:
            return cost
        for _ in range(26):
            cost += 2000 * (1.5 - 0.2) + 8 * 2000 * 1.5 / 40


@pytest.mark.parametrize("way", ["quick", "slow"])
def test_expected_costs_agree_with_a_simulation(way: str) -> None:
    weeks, bad = getattr(GUESSES, f"{way}_weeks"), getattr(GUESSES, f"{way}_bad")
    random = Random(7)
    costs = [simulated(weeks, bad, random=random) for _ in range(20_000)]
    standard_error = stdev(costs) / len(costs) ** 0.5
    assert getattr(compare(GUESSES), way) == pytest.approx(fmean(costs), abs=4 * standard_error)


def test_at_break_even_both_ways_cost_the_same() -> None:
    found = compare(GUESSES)
    assert found.slow < found.quick
    even = compare(replace(GUESSES, slow_weeks=found.break_even_weeks))
    assert even.slow == pytest.approx(even.quick)


def test_the_parts_by_hand() -> None:
    # A week's salary is 2,000: empty 2000·0.5; a bad hire 26·(2000·1.3 + 3000·8/40).
    found = compare(GUESSES)
    assert found.empty_week == pytest.approx(1000)
    assert found.bad_hire == pytest.approx(26 * (2600 + 600))


def test_an_empty_seat_that_costs_nothing_may_stay_empty() -> None:
    found = compare(replace(GUESSES, worth_per_salary=1.0))
    assert found.empty_week == 0
    assert found.break_even_weeks == float("inf")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"salary_per_year": 0}, "salary_per_year must be above 0, got 0"),
        ({"quick_weeks": -1}, "quick_weeks must be a number of at least 0, got -1"),
        ({"search_cost": float("nan")}, "search_cost must be a number of at least 0, got nan"),
        ({"bad_worth_per_salary": float("inf")}, "must be a number of at least -inf, got inf"),
        ({"slow_bad": 1.0}, "slow_bad must be within 0–1, got 1.0"),
        ({"slow_weeks": 2}, "slow cannot be the shorter one"),
    ],
)
def test_guesses_that_cannot_be_are_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(GUESSES, **change)
