"""The circuit breaker: opens on failures, probes once at a time, closes on success."""

from __future__ import annotations

import pytest

from leadline.decisions import BreakerRules
from leadline.decisions.breaker import Breaker
from leadline.errors import InputError


def opened(*, at: float) -> Breaker:
    breaker = Breaker(BreakerRules(memory=0.5, min_calls=2))
    assert not breaker.note(ok=False, now=at)
    assert breaker.note(ok=False, now=at)
    return breaker


def test_a_model_that_fails_now_and_then_is_still_asked() -> None:
    breaker = Breaker(BreakerRules())
    for number in range(1000):
        breaker.note(ok=number % 5 != 0, now=0.0)  # a fifth fails; it opens above a half
    assert breaker.allows(0.0)


def test_it_opens_when_the_moving_share_passes_the_bound() -> None:
    # Oracle: 1 − 0.9ⁿ > ½ first at n = 7, since 0.9⁶ = 0.531 and 0.9⁷ = 0.478.
    breaker = Breaker(BreakerRules(memory=0.1, opens_above=0.5, min_calls=1))
    assert [breaker.note(ok=False, now=0.0) for _ in range(7)] == [False] * 6 + [True]


def test_one_probe_at_a_time_is_let_through() -> None:
    breaker = opened(at=10.0)
    assert not breaker.allows(10.9)
    assert breaker.allows(11.0)
    assert not breaker.allows(11.0)
    breaker.release()  # it told nothing
    assert breaker.allows(11.0)
    breaker.note(ok=True, now=11.1)
    assert not breaker.is_open


def test_a_call_that_was_on_its_way_when_it_opened_decides_nothing() -> None:
    breaker = opened(at=10.0)
    breaker.note(ok=True, now=10.5)
    assert breaker.is_open
    assert not breaker.allows(10.5)


def test_a_clock_that_steps_back_does_not_keep_it_open_for_ever() -> None:
    breaker = opened(at=1_000_000.0)
    assert not breaker.allows(5.0)
    assert breaker.allows(6.0)


def test_the_pause_grows_up_to_its_bound() -> None:
    breaker = Breaker(BreakerRules(memory=0.9, min_calls=1, pause=1.0, longest_pause=3.0))
    breaker.note(ok=False, now=0.0)
    now = 0.0
    for pause in (1.0, 2.0, 3.0, 3.0):
        assert not breaker.allows(now + pause - 0.01)
        assert breaker.allows(now + pause)
        now += pause
        breaker.note(ok=False, now=now)


def test_rules_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="memory"):
        BreakerRules(memory=0)
    with pytest.raises(InputError, match="pause"):
        BreakerRules(pause=2.0, longest_pause=1.0)
