"""From the log to analysis: by assigned arm, each decision once, nothing lost."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadline import Decision
from leadline.analysis.experiments.metrics import Mean
from leadline.connectors.experiments.plans import Plan
from leadline.decisions import (
    BreakerRules,
    Choice,
    DecisionLog,
    Problems,
    challenge,
    rotate,
    unit_table,
)
from leadline.errors import ConnectorError, InputError


def rule(features: dict[str, Any]) -> str:
    return "popular"


def fails_for_hard(features: dict[str, Any]) -> str:
    if features["hard"]:
        raise RuntimeError
    return "similar"


def filled(folder: Path, *, n: int = 300) -> list[Any]:
    """Log two decisions for each of `n` units; the model fails for every third unit."""
    plan = Plan(name="home-2", metrics=(Mean(column="clicks"),), control="rule")
    problems = Problems(hook=lambda kind, message: None)
    decision = Decision(
        "home", rule=rule, model=fails_for_hard, plan=plan, holdout=0.1,
        log=DecisionLog(folder, problems=problems), breaker=BreakerRules(min_calls=10**9),
    )  # fmt: skip
    outcomes = [decision.decide(u, {"hard": u % 3 == 0}) for _ in range(2) for u in range(n)]
    decision.close()
    return outcomes


def write_outcomes(path: Path, rows: str) -> Path:
    duckdb.sql(rows).write_parquet(str(path))
    return path


def test_a_unit_is_analysed_by_the_arm_that_was_assigned(tmp_path: Path) -> None:
    outcomes = filled(tmp_path / "log")
    clicks = ", ".join(f"('{o.decision_id}', {n % 5})" for n, o in enumerate(outcomes))
    file = write_outcomes(
        tmp_path / "o.parquet", f"SELECT * FROM (VALUES {clicks}) AS t (decision_id, clicks)"
    )
    found = unit_table(tmp_path / "log", outcomes=file, to=tmp_path / "units.parquet")
    rows = duckdb.sql(
        "SELECT unit, arm, served, n_decisions, fallback, clicks "
        f"FROM '{tmp_path}/units.parquet'"
    ).fetchall()
    expected = {}
    for n, one in enumerate(outcomes[:300]):
        if one.assigned != "holdout":
            failed = one.assigned == "model" and n % 3 == 0
            served = "rule" if failed else one.assigned
            both = n % 5 + (n + 300) % 5
            expected[str(n)] = (one.assigned, served, 2, int(failed), float(both))
    assert {unit: tuple(rest) for unit, *rest in rows} == expected
    assert (found.salt, found.n_units, found.n_decisions) == (
        "home-2", len(expected), 2 * len(expected),
    )  # fmt: skip
    assert (found.n_moved, found.outcomes, found.problems) == (0, ("clicks",), ())


def test_segments_and_rotated_files_are_read_together_each_decision_once(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log"
    filled(log, n=50)
    before = unit_table(log, to=tmp_path / "a.parquet")
    copy = (next(log.glob("*.log"))).read_bytes()
    rotate(log, log / "parquet")
    (log / "20260101T000000-1-aa.log").write_bytes(copy)  # rotated, and yet still there
    assert unit_table(log, to=tmp_path / "b.parquet") == before


def test_outcomes_of_a_unit_count_within_the_window_after_its_first_decision(
    tmp_path: Path,
) -> None:
    now = [1_000_000.0]
    decision = Decision("home", rule=rule, log=tmp_path / "log", clock=lambda: now[0])
    decision.decide("u1", {})
    now[0] += 50
    decision.decide("u1", {})
    decision.decide("u2", {})
    decision.close()
    file = tmp_path / "o.csv"
    lines = ["unit,at,clicks"]
    for unit, second, value in (
        ("u1", 999_999, 1), ("u1", 1_000_000, 2), ("u1", 1_000_059, 4), ("u1", 1_000_060, 8),
        ("u2", 1_000_049, 16), ("u3", 1_000_055, 32),
    ):  # fmt: skip
        at = duckdb.sql(
            f"SELECT strftime(make_timestamp({second}000000), '%Y-%m-%dT%H:%M:%SZ')"
        )
        lines.append(f"{unit},{at.fetchall()[0][0]},{value}")
    file.write_text("\n".join(lines))
    unit_table(
        tmp_path / "log", outcomes=file, to=tmp_path / "u.parquet",
        window=timedelta(seconds=60),
    )  # fmt: skip
    rows = duckdb.sql(f"SELECT unit, clicks FROM '{tmp_path}/u.parquet' ORDER BY 1").fetchall()
    assert rows == [("u1", 6.0), ("u2", None)]


def test_units_that_changed_their_arm_are_left_out_and_counted(tmp_path: Path) -> None:
    for weights in ({"rule": 1, "model": 0}, {"rule": 0, "model": 1}):
        decision = Decision(
            "home", rule=rule, model=lambda f: "similar", weights=weights, log=tmp_path / "log"
        )
        decision.decide("both", {})
        decision.decide(f"only-{weights['rule']}", {})
        decision.close()
    found = unit_table(tmp_path / "log", to=tmp_path / "u.parquet")
    assert (found.n_units, found.n_moved) == (2, 1)


def test_what_cannot_be_made_a_table_is_refused(tmp_path: Path) -> None:
    log, to = tmp_path / "log", tmp_path / "u.parquet"
    with pytest.raises(ConnectorError, match="there is no folder"):
        unit_table(log, to=to)
    log.mkdir()
    with pytest.raises(ConnectorError, match="holds no decision"):
        unit_table(log, to=to)
    for name in ("a", "b"):
        decision = Decision(name, rule=rule, log=log)
        decision.decide("u", {})
        decision.close()
    with pytest.raises(InputError, match="several experiments; say which: a, b"):
        unit_table(log, to=to)
    with pytest.raises(InputError, match="no decision of 'c' is in the log; there are a, b"):
        unit_table(log, salt="c", to=to)
    with pytest.raises(InputError, match="window is above 0"):
        unit_table(log, to=to, window=timedelta(0))
    with pytest.raises(ConnectorError, match="cannot be read"):
        unit_table(log, salt="a", to=to, outcomes=tmp_path / "absent.parquet")
    for columns, message in (
        ("1 AS clicks", "has the columns clicks"),
        ("'x' AS decision_id", "has the columns decision_id"),
        ("'x' AS decision_id, 1 AS day", "cannot be named day"),
    ):
        file = write_outcomes(tmp_path / "o.parquet", f"SELECT {columns}")
        with pytest.raises(InputError, match=message):
            unit_table(log, salt="a", to=to, outcomes=file)


def explored(folder: Path, rewards: Path, *, n_decisions: int = 4_000) -> float:
    """Log a rule that explores, with a shadow; return the shadow's true mean reward.

    It fails for one decision in ten, where the rule's draw would be served.
    """
    rng = random.Random(8)
    value = {"a": 0.2, "b": 0.5}

    def draws(features: dict[str, Any]) -> Choice:
        return Choice("a", 0.75) if rng.random() < 0.75 else Choice("b", 0.25)

    def shadow(features: dict[str, Any]) -> str:
        if features["n"] % 10 == 0:
            raise RuntimeError
        return "b" if features["n"] % 2 else "a"

    decision = Decision(
        "home", rule=draws, shadow={"next": shadow}, breaker=BreakerRules(min_calls=10**9),
        log=DecisionLog(folder, problems=Problems(hook=lambda kind, message: None)),
    )  # fmt: skip
    lines = ["decision_id,clicks"]
    for n in range(n_decisions):
        outcome = decision.decide(n, {"n": n})
        if rng.random() < value[outcome.action]:
            lines.append(f"{outcome.decision_id},1")
    decision.close()
    rewards.write_text("\n".join(lines))
    by_rule = 0.75 * 0.2 + 0.25 * 0.5
    return 0.1 * by_rule + 0.4 * 0.2 + 0.5 * 0.5


def test_a_shadow_is_judged_before_any_user_meets_it(tmp_path: Path) -> None:
    """Simulation with known truth: the interval holds it, the naive mean is far off."""
    truth = explored(tmp_path / "log", tmp_path / "o.csv")
    found = challenge(tmp_path / "log", tmp_path / "o.csv", challenger="next")
    assert (found.n_rows, found.refused, found.warning) == (4_000, "", "")
    assert found.best.ci_lower < truth < found.best.ci_upper
    assert found.logged.ci_upper < truth


def test_a_shadow_that_cannot_be_judged_is_refused(tmp_path: Path) -> None:
    explored(tmp_path / "log", tmp_path / "o.csv", n_decisions=50)
    plain = Decision("plain", rule=rule, shadow={"next": rule}, log=tmp_path / "plain")
    plain.decide("u", {})
    plain.close()
    file = tmp_path / "o.csv"
    with pytest.raises(InputError, match="has a shadow 'other'"):
        challenge(tmp_path / "log", file, challenger="other")
    with pytest.raises(InputError, match="does not explore"):
        challenge(tmp_path / "plain", file, challenger="next")
    for path in (tmp_path / "plain").iterdir():
        (tmp_path / "log" / path.name).write_bytes(path.read_bytes())
    with pytest.raises(InputError, match="several decisions; say which"):
        challenge(tmp_path / "log", file, challenger="next")
    assert challenge(tmp_path / "log", file, challenger="next", decision="home").refused
    file.write_text("decision_id,clicks,spend\nx,1,2")
    with pytest.raises(InputError, match="say which is the reward"):
        challenge(tmp_path / "log", file, challenger="next")
