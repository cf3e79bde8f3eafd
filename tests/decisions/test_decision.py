"""A decision: assigned by hash, answered by the arm or by the rule, always answered."""

from __future__ import annotations

import asyncio
import math
import random
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leadline import Decision
from leadline.analysis.experiments.metrics import Mean
from leadline.connectors.experiments.plans import Plan, write_plan
from leadline.decisions import (
    BreakerRules,
    Choice,
    DecisionLog,
    Problems,
    Split,
    read_log,
)
from leadline.errors import ConnectorError, InputError
from tests.decisions import models

FEATURES = {"x": 1.5, "country": "NO"}
ALWAYS_MODEL = {"rule": 0.0, "model": 1.0}
NEVER_OPENS = BreakerRules(opens_above=0.999, min_calls=10**9)


def rule(features: dict[str, Any]) -> str:
    return "popular"


class Clock:
    """A clock that shows what it is told to."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def quiet() -> Problems:
    return Problems(hook=lambda kind, message: None)


def test_the_rule_alone_answers_everybody() -> None:
    outcome = Decision("home", rule=rule).decide("u1", FEATURES)
    assert (outcome.action, outcome.assigned, outcome.served) == ("popular", "rule", "rule")
    assert (outcome.fallback_reason, outcome.propensity) == ("", 1.0)
    assert outcome.latency >= 0


def test_each_unit_keeps_the_arm_of_its_hash() -> None:
    arms = {"a": lambda features: "A", "b": lambda features: "B"}
    decision = Decision("home", rule=rule, model=arms, weights={"rule": 2, "a": 1, "b": 1})
    again = Decision("home", rule=rule, model=arms, weights={"rule": 2, "a": 1, "b": 1})
    actions = {"rule": "popular", "a": "A", "b": "B"}
    for n in range(200):
        outcome = decision.decide(f"u{n}", FEATURES)
        assert outcome.assigned == decision.split.assign(f"u{n}")
        assert outcome.action == actions[outcome.assigned]
        assert again.decide(f"u{n}", {}).assigned == outcome.assigned
        assert outcome.propensity == pytest.approx({"rule": 0.5}.get(outcome.assigned, 0.25))


def test_units_outside_the_ramp_and_in_the_holdout_get_the_rule() -> None:
    decision = Decision("home", rule=rule, model=models.good, ramp=0.5, holdout=0.2)
    found = Counter()
    for n in range(500):
        outcome = decision.decide(n, FEATURES)
        found[outcome.assigned, outcome.served, outcome.fallback_reason] += 1
        assert outcome.propensity == pytest.approx(
            {"holdout": 0.2, "outside": 0.4}.get(outcome.assigned, 0.2)
        )
    assert set(found) == {
        ("holdout", "rule", ""), ("outside", "rule", ""), ("rule", "rule", ""),
        ("model", "model", ""),
    }  # fmt: skip


def test_a_plan_gives_salt_weights_and_the_name_of_the_rules_arm(tmp_path: Path) -> None:
    plan = Plan(
        name="home-2026", metrics=(Mean(column="clicks"),), control="popular",
        weights={"popular": 0.8, "model": 0.2},
    )  # fmt: skip
    decision = Decision("home", rule=rule, model=models.good, plan=plan)
    assert decision.split == Split(salt="home-2026", weights={"popular": 0.8, "model": 0.2})
    assert decision.decide("u", FEATURES).served in plan.weights
    write_plan(plan, tmp_path / "plan.toml")
    from_file = Decision("home", rule=rule, model=models.good, plan=tmp_path / "plan.toml")
    assert from_file.split == decision.split


@pytest.mark.parametrize(
    ("model", "actions", "reason"),
    [
        (models.raises, None, "raised"),
        (models.exits, None, "raised"),
        (models.is_nan, None, "bad_output"),
        (models.is_none, None, "bad_output"),
        (models.undeclared, {"popular", "similar"}, "bad_output"),
        (models.doubles, str, "bad_output"),
        (lambda features: True, int, "bad_output"),
        (lambda features: True, {0, 1}, "bad_output"),
        (lambda features: "1", float, "bad_output"),
        (lambda features: [1.0, math.inf], list, "bad_output"),
        (lambda features: {"score": math.nan}, None, "bad_output"),
        (lambda features: ["popular"], {"popular"}, "bad_output"),
        (lambda features: np.array([1.0]), {1.0}, "bad_output"),
        (lambda features: Choice("similar", 0.0), None, "bad_output"),
        (lambda features: Choice("similar", math.nan), None, "bad_output"),
    ],
)
def test_the_rule_answers_for_a_model_that_fails(model: Any, actions: Any, reason: str) -> None:
    problems = quiet()
    decision = Decision(
        "home", rule=rule, model=model, weights=ALWAYS_MODEL, actions=actions, problems=problems
    )
    outcome = decision.decide("u1", FEATURES)
    assert (outcome.action, outcome.assigned, outcome.served) == ("popular", "model", "rule")
    assert outcome.fallback_reason == reason
    assert math.isnan(outcome.propensity)
    assert problems.counts[reason] == 1


@pytest.mark.parametrize(
    ("action", "actions"),
    [(1, float), (2.5, float), (np.float64(0.5), float), (np.int64(3), int), ("a", {"a"})],
)
def test_an_allowed_action_is_served(action: Any, actions: Any) -> None:
    decision = Decision(
        "home", rule=rule, model=lambda features: action, weights=ALWAYS_MODEL, actions=actions
    )
    outcome = decision.decide("u", {})
    assert outcome.action == action
    assert type(outcome.action) in (int, float, str)
    assert outcome.fallback_reason == ""


def test_a_late_answer_is_not_served() -> None:
    timer = Clock()

    def slow(features: dict[str, Any]) -> str:
        timer.now += 0.051
        return "similar"

    decision = Decision(
        "home", rule=rule, model=slow, weights=ALWAYS_MODEL, budget_ms=50, timer=timer,
        problems=quiet(),
    )  # fmt: skip
    outcome = decision.decide("u", {})
    assert (outcome.action, outcome.fallback_reason) == ("popular", "over_budget")
    assert outcome.latency == pytest.approx(0.051)


def test_what_the_rule_raises_reaches_the_caller() -> None:
    with pytest.raises(RuntimeError, match="no such column"):
        Decision("home", rule=models.raises).decide("u", {})


def test_an_interrupt_is_not_swallowed() -> None:
    def interrupted(features: dict[str, Any]) -> str:
        raise KeyboardInterrupt

    decision = Decision("home", rule=rule, model=interrupted, weights=ALWAYS_MODEL)
    with pytest.raises(KeyboardInterrupt):
        decision.decide("u", {})


def test_a_model_cannot_spoil_the_features_of_the_rule_and_the_log(tmp_path: Path) -> None:
    def spoils(features: dict[str, Any]) -> str:
        features.clear()
        raise ValueError

    decision = Decision(
        "home", rule=lambda features: features["country"], model=spoils, weights=ALWAYS_MODEL,
        log=DecisionLog(tmp_path, problems=quiet()),
    )  # fmt: skip
    assert decision.decide("u", FEATURES).action == "NO"
    decision.close()
    assert read_log(tmp_path).records[0].features == FEATURES


def test_the_kill_switch_serves_the_rule_and_keeps_the_assignment(tmp_path: Path) -> None:
    timer = Clock()
    switch = tmp_path / "stop"
    decision = Decision(
        "home", rule=rule, model=models.good, weights=ALWAYS_MODEL, kill_switch=switch,
        timer=timer,
    )  # fmt: skip
    assert decision.decide("u", {}).served == "model"
    switch.touch()
    timer.now += 1.0
    outcome = decision.decide("u", {})
    assert (outcome.assigned, outcome.served) == ("model", "rule")
    assert outcome.fallback_reason == "killed"
    switch.unlink()
    timer.now -= 100.0  # the clock steps back: the switch is looked at again
    assert decision.decide("u", {}).served == "model"
    decision.kill()
    assert decision.decide("u", {}).fallback_reason == "killed"
    decision.revive()
    assert decision.decide("u", {}).served == "model"


def test_a_kill_switch_that_cannot_be_looked_at_is_on(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    switch = tmp_path / "file" / "stop"  # not a folder: another error than "not found"
    decision = Decision(
        "home", rule=rule, model=models.good, weights=ALWAYS_MODEL, kill_switch=switch
    )
    assert decision.decide("u", {}).fallback_reason == "killed"


def test_a_shadow_is_logged_and_never_served(tmp_path: Path) -> None:
    decision = Decision(
        "home", rule=rule, shadow={"good": models.good, "bad": models.raises},
        log=DecisionLog(tmp_path, problems=quiet()),
    )  # fmt: skip
    outcomes = [decision.decide(n, FEATURES) for n in range(20)]
    decision.close()
    assert {(o.action, o.assigned, o.served, o.propensity) for o in outcomes} == {
        ("popular", "rule", "rule", 1.0)
    }
    for record in read_log(tmp_path).records:
        assert record.shadows["good"].action == "similar"
        assert record.shadows["bad"].action is None
        assert record.shadows["bad"].reason in ("raised", "breaker_open")


def test_a_policy_that_explores_gives_its_propensity(tmp_path: Path) -> None:
    decision = Decision("home", rule=rule, model=models.explores, log=tmp_path)
    outcomes = [decision.decide(n, {}) for n in range(50)]
    decision.close()
    records = read_log(tmp_path).records
    for outcome, record in zip(outcomes, records, strict=True):
        own = 0.25 if outcome.assigned == "model" else None
        assert record.action_propensity == own
        assert outcome.propensity == 0.5 * (own or 1.0)
    assert {record.action_propensity for record in records} == {None, 0.25}


def test_a_record_holds_what_the_outcome_says(tmp_path: Path) -> None:
    decision = Decision(
        "home", rule=rule, model=models.good, log=tmp_path, clock=lambda: 1_700_000_000.5,
        rng=random.Random(7),
    )  # fmt: skip
    outcome = decision.decide(12, FEATURES)
    decision.decide("u", FEATURES, features_reference="store/12")
    decision.close()
    first, second = read_log(tmp_path).records
    assert first.decision_id == outcome.decision_id
    assert (first.decision, first.unit, first.at) == ("home", "12", 1_700_000_000.5)
    assert (first.salt, first.assigned, first.served) == (
        "home", outcome.assigned, outcome.served,
    )  # fmt: skip
    assert (first.action, first.features) == (outcome.action, FEATURES)
    assert first.latency == outcome.latency
    assert first.arm_propensity == 0.5
    assert (second.features, second.features_reference) == (None, "store/12")


def test_features_that_are_no_json_do_not_cost_the_record(tmp_path: Path) -> None:
    loop: list[Any] = []
    loop.append(loop)
    decision = Decision("home", rule=rule, log=tmp_path)
    decision.decide("u", {"array": np.arange(2), "nan": math.nan, "object": Path("p")})
    decision.decide("u", {"loop": loop})
    decision.decide("u", {"half": "\ud800"})
    decision.close()
    first, *others = read_log(tmp_path).records
    assert first.features == {"array": [0, 1], "nan": None, "object": "p"}
    assert all("features not kept" in record.features_reference for record in others)
    assert len(others) == 2


def test_ids_differ_between_two_decisions_that_share_nothing() -> None:
    ids = {Decision("home", rule=rule).decide("u", {}).decision_id for _ in range(50)}
    assert len(ids) == 50


def test_a_wall_clock_that_steps_back_harms_nothing(tmp_path: Path) -> None:
    clock, timer = Clock(2_000.0), Clock()
    decision = Decision(
        "home", rule=rule, model=models.good, log=DecisionLog(tmp_path, clock=clock),
        clock=clock, timer=timer,
    )  # fmt: skip
    outcomes = []
    for n in range(10):
        outcomes.append(decision.decide(n, {}))
        clock.now -= 3_600
        timer.now -= 10
    decision.close()
    records = read_log(tmp_path).records
    assert [record.decision_id for record in records] == [o.decision_id for o in outcomes]
    assert all(outcome.latency >= 0 for outcome in outcomes)
    assert {outcome.fallback_reason for outcome in outcomes} == {""}


def test_adecide_answers_as_decide_does_and_waits_in_a_thread_for_the_disk(
    tmp_path: Path,
) -> None:
    loose = Decision("home", rule=rule, model=models.good)
    strict = Decision(
        "home", rule=rule, model=models.good, log=DecisionLog(tmp_path, strict=True)
    )

    async def many(decision: Decision) -> list[str]:
        outcomes = await asyncio.gather(*(decision.adecide(n, FEATURES) for n in range(30)))
        return [outcome.action for outcome in outcomes]

    expected = [loose.decide(n, FEATURES).action for n in range(30)]
    assert asyncio.run(many(loose)) == expected
    assert asyncio.run(many(strict)) == expected
    strict.close()
    assert len(read_log(tmp_path).records) == 30


def test_threads_share_a_decision_and_lose_nothing(tmp_path: Path) -> None:
    decision = Decision("home", rule=rule, model=models.good, log=tmp_path)
    ids: list[str] = []

    def work(start: int) -> None:
        ids.extend(decision.decide(n, FEATURES).decision_id for n in range(start, start + 300))

    threads = [threading.Thread(target=work, args=(1000 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    decision.close()
    found = read_log(tmp_path)
    assert found.problems == ()
    assert sorted(ids) == sorted(record.decision_id for record in found.records)
    assert len(set(ids)) == 1200


def test_a_model_that_keeps_failing_is_left_alone_and_probed() -> None:
    timer = Clock()
    calls: list[float] = []
    is_broken = True

    def model(features: dict[str, Any]) -> str:
        calls.append(timer.now)
        if is_broken:
            raise RuntimeError
        return "similar"

    problems = quiet()
    decision = Decision(
        "home", rule=rule, model=model, weights=ALWAYS_MODEL, timer=timer, problems=problems,
        breaker=BreakerRules(min_calls=5, memory=0.5, pause=1.0),
    )  # fmt: skip
    for _ in range(100):
        decision.decide("u", {})
    assert len(calls) == 5
    assert problems.counts["breaker_opened"] == 1
    assert decision.decide("u", {}).fallback_reason == "breaker_open"
    timer.now += 1.0
    assert decision.decide("u", {}).fallback_reason == "raised"  # the probe
    assert decision.decide("u", {}).fallback_reason == "breaker_open"
    timer.now += 1.5  # the pause has doubled
    assert decision.decide("u", {}).fallback_reason == "breaker_open"
    is_broken = False
    timer.now += 0.5
    assert [decision.decide("u", {}).fallback_reason for _ in range(3)] == [""] * 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": ""}, "needs a name"),
        ({"budget_ms": 0}, "budget above 0"),
        ({"rule": "popular"}, "is a str, not a function"),
        ({"model": 3}, "is a int, not a function"),
        ({"model": models.good, "weights": {"rule": 1}}, "the arms are rule, model"),
        ({"model": models.good, "shadow": {"model": models.good}}, "names two arms"),
        ({"model": {"rule": models.good}}, "names two arms"),
        ({"actions": "popular"}, "a type or a collection"),
        ({"actions": set()}, "a type or a collection"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Decision(**({"name": "home", "rule": rule} | arguments))


def test_a_coroutine_function_is_refused() -> None:
    async def model(features: dict[str, Any]) -> str:
        return "similar"

    with pytest.raises(InputError, match="coroutine"):
        Decision("home", rule=rule, model=model)


def test_a_folder_that_cannot_be_written_costs_the_log_and_not_the_user(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told: list[str] = []
    timer = Clock()
    log = DecisionLog(
        tmp_path / "file" / "log",
        problems=Problems(hook=lambda kind, message: told.append(kind)), timer=timer,
    )  # fmt: skip
    decision = Decision("home", rule=rule, model=models.good, weights=ALWAYS_MODEL, log=log)
    outcomes = [decision.decide(n, {}) for n in range(5)]
    assert {(o.action, o.served, o.fallback_reason) for o in outcomes} == {
        ("popular", "rule", "log_failed")
    }
    assert decision.problems.counts["log_failed"] == 5
    assert "log_failed" in told
    (tmp_path / "file").unlink()  # mended
    timer.now += DecisionLog.RETRY_EVERY
    assert decision.decide("u", {}).served == "model"
    decision.close()
    assert len(read_log(tmp_path / "file" / "log").records) == 1


def test_a_strict_log_that_cannot_be_written_raises(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    log = DecisionLog(tmp_path / "file" / "log", strict=True, problems=quiet())
    with pytest.raises(ConnectorError, match="could not be recorded"):
        Decision("home", rule=rule, log=log).decide("u", {})


def test_a_hook_that_raises_does_not_reach_the_user() -> None:
    def hook(kind: str, message: str) -> None:
        raise OSError("no pager")

    problems = Problems(hook=hook)
    decision = Decision(
        "home", rule=rule, model=models.raises, weights=ALWAYS_MODEL, problems=problems
    )
    assert decision.decide("u", {}).action == "popular"
    assert problems.counts["hook_failed"] == 1


def test_a_problem_is_told_once_a_while_and_always_counted() -> None:
    timer = Clock()
    told: list[str] = []
    problems = Problems(hook=lambda kind, message: told.append(message), timer=timer)
    for _ in range(5):
        problems.say("raised", "it broke")
    timer.now += 60
    problems.say("raised", "it broke")
    assert told == ["it broke", "it broke (6 so far)"]


def test_a_problem_is_told_to_the_log_by_default(caplog: pytest.LogCaptureFixture) -> None:
    Problems().say("torn", "the last record is not whole")
    assert caplog.messages == ["torn: the last record is not whole"]


def test_the_budget_holds_for_callers_of_an_inline_model_that_is_quick() -> None:
    decision = Decision("home", rule=rule, model=models.good, weights=ALWAYS_MODEL)
    started = time.perf_counter()
    outcome = decision.decide("u", {})
    assert 0 <= outcome.latency <= time.perf_counter() - started
