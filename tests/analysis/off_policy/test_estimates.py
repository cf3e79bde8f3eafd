"""Off-policy estimates against closed forms, known truth, and the Open Bandit logs."""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leadline.analysis.off_policy.estimates import OffPolicy, off_policy
from leadline.errors import InputError, NotEnoughDataError


def by_method(result: OffPolicy) -> dict[str, Any]:
    return {one.method: one for one in result.estimates}


def test_a_small_case_by_hand() -> None:
    """Weights 2, 0, ½, 1 on rewards 1, 1, 0, 2: IPS (2+0+0+2)/4, SNIPS 4/3.5."""
    result = off_policy(
        reward=[1, 1, 0, 2], propensity=[0.5, 0.5, 1.0, 0.5], target=[1.0, 0.0, 0.5, 0.5],
        predicted_logged=[1, 1, 1, 1], predicted_target=[1, 2, 0, 1],
    )  # fmt: skip
    found = by_method(result)
    assert found["ips"].value == 1.0
    assert found["snips"].value == pytest.approx(4 / 3.5)
    # DR: 1+2·0, 2+0, 0+½·(−1), 1+1·1
    assert found["dr"].value == pytest.approx((1 + 2 - 0.5 + 2) / 4)
    assert found["ips"].standard_error == pytest.approx(np.std([2, 0, 0, 2], ddof=1) / 2)
    assert result.effective == pytest.approx(3.5**2 / (4 + 0 + 0.25 + 1))
    assert (result.max_weight, result.mean_weight, result.logged.value) == (2.0, 0.875, 1.0)
    assert "at least 200 are needed" in result.refused
    with pytest.raises(NotEnoughDataError, match="hardly ever done"):
        _ = result.best


def test_the_same_policy_is_worth_what_it_earned() -> None:
    """Oracle: with weights of 1 every estimate is the plain mean."""
    rng = np.random.default_rng(2)
    reward, p = rng.normal(size=500), rng.uniform(0.1, 1, 500)
    result = off_policy(reward=reward, propensity=p, target=p)
    assert {round(one.value, 12) for one in (*result.estimates, result.logged)} == {
        round(float(reward.mean()), 12)
    }
    assert result.effective == pytest.approx(500)
    assert (result.refused, result.warning) == ("", "")
    assert result.best.method == "snips"


def simulate(rng: np.random.Generator, n: int) -> tuple[dict[str, Any], float]:
    """Log a softmax policy over four actions; the truth of another one is known exactly."""
    x = rng.normal(size=n)
    actions = np.arange(4)
    logits = np.outer(x, [0.5, -0.5, 0.0, 0.2])
    logging = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    target = np.exp(-2 * logits) / np.exp(-2 * logits).sum(axis=1, keepdims=True)
    means = 0.3 + 0.1 * actions + 0.1 * np.outer(x, [1, -1, 0.5, 0])
    chosen = (rng.random(n)[:, None] > logging.cumsum(axis=1)).sum(axis=1)
    rows = np.arange(n)
    guess = means + 0.2  # a reward model that is wrong by a constant
    logged = {
        "reward": means[rows, chosen] + rng.normal(size=n),
        "propensity": logging[rows, chosen],
        "target": target[rows, chosen],
        "predicted_logged": guess[rows, chosen],
        "predicted_target": (target * guess).sum(axis=1),
    }
    return logged, float((target * means).sum(axis=1).mean())


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Simulation with known truth, 400 logs: coverage within 3 standard errors of .95."""
    rng = np.random.default_rng(4)
    held = {"ips": 0, "snips": 0, "dr": 0}
    widths = {"ips": 0.0, "snips": 0.0, "dr": 0.0}
    for _ in range(400):
        logged, truth = simulate(rng, 1_500)
        for name, one in by_method(off_policy(**logged)).items():
            held[name] += one.ci_lower <= truth <= one.ci_upper
            widths[name] += one.standard_error
    for name, n in held.items():
        assert abs(n / 400 - 0.95) < 3 * np.sqrt(0.95 * 0.05 / 400), (name, n)
    assert widths["dr"] < widths["ips"]


def test_wrong_propensities_are_noticed() -> None:
    logged, _ = simulate(np.random.default_rng(5), 3_000)
    assert off_policy(**logged).warning == ""
    wrong = logged | {"propensity": np.minimum(1.3 * logged["propensity"], 1.0)}
    assert "instead of 1" in off_policy(**wrong).warning


def open_bandit(policy: str) -> dict[str, np.ndarray[Any, Any]]:
    """Read clicks, items and propensities of the men's campaign, as the wheel has them."""
    spec = find_spec("obp")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the Open Bandit logs are not installed")
    place = Path(spec.submodule_search_locations[0]) / f"dataset/obd/{policy}/men/men.csv"
    with place.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        name: np.array([float(row[name]) for row in rows])
        for name in ("click", "propensity_score", "item_id")
    }


def test_open_bandit_logs_give_the_known_figures() -> None:
    """Thompson sampling's log judges the uniform policy, whose own log is the check.

    Source: Saito et al. (2021), Open Bandit Dataset; the figures were computed from the
    definition by another program: 656 of 10,000 effective, largest weight 178, IPS .0030.
    """
    bts, uniform = open_bandit("bts"), open_bandit("random")
    result = off_policy(
        reward=bts["click"],
        propensity=bts["propensity_score"],
        target=np.full(len(bts["click"]), 1 / 34),  # of 34 items
        predicted_logged=np.full(len(bts["click"]), bts["click"].mean()),
        predicted_target=np.full(len(bts["click"]), bts["click"].mean()),
    )
    found = by_method(result)
    assert result.n_rows == 10_000
    assert round(result.effective) == 656
    assert round(result.max_weight) == 178
    assert round(found["ips"].value, 4) == 0.0030
    assert round(found["ips"].standard_error, 4) == 0.0008
    truth = uniform["click"].mean()
    assert round(float(truth), 4) == 0.0046
    gap = abs(found["ips"].value - truth)
    assert gap < 2 * np.hypot(found["ips"].standard_error, np.sqrt(truth / 10_000))


def test_rewards_that_few_rows_had_are_refused() -> None:
    reward = np.zeros(1_000)
    reward[:4] = 1
    result = off_policy(
        reward=reward, propensity=np.full(1_000, 0.5), target=np.full(1_000, 0.5)
    )
    assert "rest on 4.0 effective rows" in result.refused
    nothing = off_policy(
        reward=reward * 0, propensity=reward + 0.5 - reward, target=reward * 0 + 0.5
    )
    assert "rest on 0.0 effective rows" in nothing.refused


def test_a_policy_that_does_what_was_never_done_is_refused() -> None:
    result = off_policy(reward=np.ones(500), propensity=np.full(500, 0.5), target=np.zeros(500))
    assert result.effective == 0
    assert np.isnan(by_method(result)["snips"].value)
    assert result.refused


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reward": [1.0, np.nan]}, "with 1 that are not"),
        ({"reward": [[1.0], [2.0]]}, "one column"),
        ({"reward": [1.0]}, "differ in length: 1, 2, 2"),
        ({"propensity": [0.0, 0.5]}, "above 0; got 0 to 0.5"),
        ({"propensity": [1.5, 0.5]}, "got 0.5 to 1.5"),
        ({"target": [-0.1, 0.5]}, "target lies within 0–1"),
        ({"alpha": 1.0}, "alpha must lie"),
        ({"predicted_logged": [1.0, 1.0]}, "needs both"),
        ({"predicted_logged": [1.0], "predicted_target": [1.0, 1.0]}, "has 1 rows"),
        ({"reward": [1.0], "propensity": [1.0], "target": [1.0]}, "at least 2 decisions"),
    ],
)
def test_what_cannot_be_estimated_is_refused(change: dict[str, Any], message: str) -> None:
    whole = {"reward": [1.0, 2.0], "propensity": [0.5, 0.5], "target": [0.5, 0.5]}
    with pytest.raises(InputError, match=message):
        off_policy(**(whole | change))
