"""The test of a risen loss may be looked at every day: its false alarms and its delay."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leadline.analysis.monitoring.risk import BETS, risk_evidence

ALPHA = 0.05


def looked_at(rng: np.random.Generator, rates: np.ndarray, n: int) -> np.ndarray:
    """Return the evidence by day of losses that are 0 or 1, at rate by day."""
    sums = rng.binomial(n, rates).astype(float)
    days = np.full(len(rates), float(n))
    return risk_evidence(days, sums, sums, limit=0.2, start=0.2)


def test_it_alarms_ever_at_most_with_its_chance_when_looked_at_every_day() -> None:
    # Ville's inequality, at the worst case: the loss lies exactly at the limit, 200 days.
    rng = np.random.default_rng(11)
    ever = [
        looked_at(rng, np.full(200, 0.2), 100).max() >= -math.log(ALPHA) for _ in range(400)
    ]
    assert np.mean(ever) <= ALPHA


def test_a_rise_is_caught_within_days_also_after_a_long_good_past() -> None:
    rng = np.random.default_rng(12)
    delays = []
    for _ in range(50):
        rates = np.concatenate((np.full(150, 0.18), np.full(30, 0.3)))
        evidence = looked_at(rng, rates, 500)
        assert evidence[:150].max() < -math.log(ALPHA)
        delays.append(int(np.argmax(evidence[150:] >= -math.log(ALPHA))) + 1)
    assert max(delays) <= 4
    assert np.mean(delays) < 3


def test_the_evidence_is_the_mixture_written_out() -> None:
    # Second implementation, in plain products, of two days.
    n, sums = np.array([10.0, 20.0]), np.array([4.0, 9.0])
    squares = np.array([3.0, 7.0])
    guesses = [0.2, (4.0 + 0.2) / 11]
    won = []
    for day in (0, 1):
        spread = squares[day] - 2 * guesses[day] * sums[day] + n[day] * guesses[day] ** 2
        won.append(
            [
                math.exp(b * (sums[day] - n[day] * 0.3) - (-math.log(1 - b) - b) * spread)
                for b in BETS
            ]
        )
    first = np.mean(won[0]) / 2 + 1 / 2
    second = np.mean(np.multiply(*won)) / 2 + np.mean(won[1]) / 6 + 1 / 3
    found = risk_evidence(n, sums, squares, limit=0.3, start=0.2)
    assert np.exp(found) == pytest.approx([first, second])


def test_days_without_outcomes_change_nothing_but_the_weights() -> None:
    zero = np.zeros(3)
    assert risk_evidence(zero, zero, zero, limit=0.2, start=0.2) == pytest.approx(zero)
