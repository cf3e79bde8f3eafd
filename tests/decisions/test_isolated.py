"""Models in a process of their own: killed, restarted, never waited for longer."""

from __future__ import annotations

import asyncio
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sklearn.linear_model import LinearRegression

from leadline import Decision
from leadline.decisions import BreakerRules, Isolated, Outcome, Problems
from leadline.decisions.isolated import file_sha256
from leadline.errors import ConnectorError, InputError

BUDGET_MS = 250.0
SLACK = 2.0
"""Seconds that a busy machine may add; by the clock 5 ms are measured in the benchmark."""

OWN = 0.005
"""Seconds of the caller's own processor time, which no other work on the machine adds to."""

Make = Callable[..., Decision]


@pytest.fixture
def make() -> Iterator[Make]:
    """Decisions that serve one isolated model; their processes end with the test."""
    made: list[Decision] = []

    def build(place: str, **options: Any) -> Decision:
        decision = Decision(
            "home", rule=lambda features: "popular", model=Isolated(place, **options),
            weights={"rule": 0, "model": 1}, budget_ms=BUDGET_MS,
            breaker=BreakerRules(min_calls=10**6),
            problems=Problems(hook=lambda kind, message: None),
        )  # fmt: skip
        made.append(decision)
        return decision

    yield build
    for decision in made:
        decision.close()


def model(name: str) -> str:
    return f"tests.decisions.models:{name}"


def until_served(decision: Decision, features: dict[str, Any]) -> Outcome:
    """Decide until the process is there again."""
    for _ in range(300):
        outcome = decision.decide("u", features)
        if outcome.fallback_reason != "worker_unavailable":
            return outcome
        time.sleep(0.05)
    raise AssertionError("the process did not come back in 15 seconds")


@pytest.mark.slow
def test_a_model_that_hangs_is_killed_at_the_budget_and_comes_back(make: Make) -> None:
    decision = make(model("hangs_if_told"))
    decision.start()
    assert decision.decide("u", {}).action == "similar"
    for _ in range(2):
        started, worked = time.perf_counter(), time.thread_time()
        outcome = decision.decide("u", {"hang": True})
        took, own = time.perf_counter() - started, time.thread_time() - worked
        assert own <= OWN
        assert (outcome.action, outcome.fallback_reason) == ("popular", "over_budget")
        assert BUDGET_MS / 1000 <= took <= BUDGET_MS / 1000 + SLACK
        assert until_served(decision, {}).action == "similar"


def test_two_who_find_no_process_start_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two would leave the first process running with nobody to end it."""
    launched: list[int] = []

    class Hesitating(threading.Thread):
        def start(self) -> None:
            time.sleep(0.2)
            super().start()

    isolated = Isolated(model("good"))
    monkeypatch.setattr(isolated, "_launch", lambda: (launched.append(1), time.sleep(2)))
    callers = [threading.Thread(target=isolated._restart) for _ in range(2)]
    monkeypatch.setattr(threading, "Thread", Hesitating)
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    isolated.close()
    assert launched == [1]


@pytest.mark.slow
def test_the_rule_answers_while_the_process_starts(make: Make) -> None:
    decision = make(model("good"))
    outcome = decision.decide("u", {})
    assert (outcome.action, outcome.fallback_reason) == ("popular", "worker_unavailable")
    assert until_served(decision, {}).action == "similar"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("raises", "raised"),
        ("exits", "raised"),
        ("dies", "raised"),
        ("unsendable", "raised"),
        ("is_nan", "bad_output"),
        ("is_none", "bad_output"),
    ],
)
def test_the_rule_answers_for_a_process_that_fails(make: Make, name: str, reason: str) -> None:
    decision = make(model(name))
    decision.start()
    outcome = decision.decide("u", {})
    assert (outcome.action, outcome.fallback_reason) == ("popular", reason)


@pytest.mark.slow
def test_a_leak_is_stopped_at_the_memory_it_may_take(make: Make) -> None:
    decision = make(model("leaks"), memory_mb=1500)
    decision.start()
    outcome = decision.decide("u", {})
    # The bound stops it with MemoryError, or the budget does while it still fills pages.
    assert outcome.fallback_reason in ("raised", "over_budget")
    assert outcome.action == "popular"


@pytest.mark.slow
def test_what_a_model_prints_does_not_spoil_its_answer(make: Make) -> None:
    decision = make(model("prints"))
    decision.start()
    assert decision.decide("u", {}).action == "similar"
    explores = make(model("explores"), warm_up={})
    explores.start()
    outcome = asyncio.run(explores.adecide("u", {"x": 1}))
    assert (outcome.action, outcome.propensity) == ("similar", 0.25)


@pytest.mark.slow
def test_a_pickle_is_served_only_where_the_user_trusts_it_and_only_unchanged(
    make: Make, tmp_path: Path
) -> None:
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(LinearRegression().fit([[0, 0], [1, 0], [0, 1]], [1, 3, 6])))
    registered = file_sha256(path)
    with pytest.raises(ConnectorError, match="a pickle runs any code"):
        make(str(path), columns=("a", "b")).start()
    decision = make(str(path), columns=("a", "b"), trust=True, sha256=registered)
    decision.start()
    # Oracle: the plane through the three points, 1 + 2a + 5b.
    assert decision.decide("u", {"b": 1.0, "a": 2.0}).action == pytest.approx(10)
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(ConnectorError, match="is not the file that was registered"):
        Isolated(str(path), trust=True, sha256=registered)
    swapped = Isolated(str(path), trust=True)
    path.write_bytes(b"swapped after it was registered")
    with pytest.raises(ConnectorError, match="was changed since it was registered"):
        swapped.start()


@pytest.mark.slow
def test_a_model_that_does_not_load_says_why_and_the_rule_answers(make: Make) -> None:
    decision = make("tests.decisions.models:no_such_model")
    with pytest.raises(ConnectorError, match="no_such_model"):
        decision.start()
    assert decision.decide("u", {}).fallback_reason == "worker_unavailable"
    assert decision.problems.counts["worker_failed"] >= 1


def test_a_file_that_is_absent_and_a_memory_of_nothing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="there is no file"):
        Isolated(str(tmp_path / "absent.skops"))
    with pytest.raises(InputError, match="memory_mb is above 0"):
        Isolated("m:f", memory_mb=0)
