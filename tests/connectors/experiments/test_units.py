"""Tables with one row a unit: what is recognised, and what is wrong with the rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.analysis.experiments.metrics import Mean, Proportion
from leadline.connectors.experiments.tables import read_experiments
from leadline.connectors.experiments.unit_checks import check_units, served_arms
from leadline.connectors.experiments.units import plan_units, ranges_of
from leadline.connectors.warehouse import open_table
from leadline.connectors.warehouse.moments import read_moments
from leadline.errors import InputError


def units(n: int = 2_000) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "user_id": np.arange(n),
            "group": np.where(np.arange(n) % 2, "treatment", "control"),
            "timestamp": pd.Timestamp("2026-01-05")
            + pd.to_timedelta(np.arange(n) % 7, unit="D"),
            "landing_page": np.where(np.arange(n) % 2, "new_page", "old_page"),
            "converted": (rng.random(n) < 0.1).astype(int),
            "pre_revenue": rng.exponential(5, n),
            "revenue": rng.exponential(5, n),
        }
    )


def test_metrics_and_covariates_are_recognised() -> None:
    found = read_experiments(open_table(units()))
    assert found.shape == "units"
    assert found.metrics == (
        Proportion(column="converted"),
        Mean(column="revenue", covariates=("pre_revenue",)),
    )
    assert len(found.moments.days) == 7
    assert found.problems == ()


def test_duplicates_are_counted_with_an_example() -> None:
    frame = pd.concat([units(), units().iloc[[3, 4, 4]]])
    (problem,) = read_experiments(open_table(frame)).problems
    assert (problem.kind, problem.count, problem.blocks) == ("duplicates", 2, True)
    assert problem.example in ("user_id 3", "user_id 4")


def test_units_in_two_arms_are_counted_with_an_example() -> None:
    other = units().iloc[[6]].assign(group="treatment")
    (problem,) = read_experiments(open_table(pd.concat([units(), other]))).problems
    assert (problem.kind, problem.count, problem.example) == ("two arms", 1, "user_id 6")


def test_a_unit_may_take_part_in_two_experiments() -> None:
    frame = pd.concat([units().assign(experiment="a"), units().assign(experiment="b")])
    found = read_experiments(open_table(frame))
    assert found.moments.experiments == ("a", "b")
    assert found.problems == ()


def test_units_without_an_arm_are_left_out_and_named() -> None:
    frame = units()
    frame.loc[:9, "group"] = None
    found = read_experiments(open_table(frame))
    (problem,) = found.problems
    assert (problem.kind, problem.count, problem.blocks) == ("no arm", 10, True)
    assert sum(found.moments.counts().values()) == len(frame) - 10


def test_served_variants_are_counted_by_assigned_arm() -> None:
    frame = units()
    frame["served_arm"] = frame["group"]
    frame.loc[frame.index[1:60:2], "served_arm"] = "control"
    table = open_table(frame)
    found = read_experiments(table)
    assert found.served == "served_arm"
    assert found.layout is not None
    counts = served_arms(table, layout=found.layout, served=found.served, experiment="")
    # pandas
    expected = frame.groupby(["group", "served_arm"]).size()
    assert counts == {
        "control": {"control": expected["control", "control"]},
        "treatment": {
            "control": expected["treatment", "control"],
            "treatment": expected["treatment", "treatment"],
        },
    }


def test_one_unit_that_carries_the_variance_is_named() -> None:
    frame = units()
    frame.loc[42, "revenue"] = 1e6
    (problem,) = read_experiments(open_table(frame)).problems
    assert (problem.kind, problem.example) == ("absurd", "user_id 42: 1e+06")


def test_a_proportion_that_is_none_blocks() -> None:
    frame = units()
    frame.loc[0, "converted"] = 2
    found = read_experiments(open_table(frame), metrics=[Proportion(column="converted")])
    (problem,) = found.problems
    assert (problem.kind, problem.count, problem.blocks) == ("absurd", 1, True)


def test_outcomes_before_the_exposure_are_named() -> None:
    frame = units().assign(
        exposed_at=pd.Timestamp("2026-01-05 12:00"),
        converted_at=pd.Timestamp("2026-01-05 13:00"),
    )
    frame.loc[[8, 9], "converted_at"] = pd.Timestamp("2026-01-05 11:00")
    found = read_experiments(open_table(frame), given={"day": "exposed_at"})
    (problem,) = found.problems
    assert (problem.kind, problem.count) == ("outcome before exposure", 2)


def test_an_id_is_hardly_the_arm() -> None:
    with pytest.raises(InputError, match="different values; it is hardly the arm"):
        read_experiments(open_table(units()), given={"arm": "user_id", "unit": "timestamp"})


def test_too_many_candidates_are_asked_about() -> None:
    frame = pd.DataFrame({"variant": ["a", "b"], **{f"f{i}": [0, 1] for i in range(15)}})
    with pytest.raises(InputError, match="which columns are the metrics") as caught:
        read_experiments(open_table(frame))
    assert "f14" in str(caught.value)


def test_cookie_cats_is_read_as_it_is(shared_data: Path) -> None:
    found = read_experiments(open_table(shared_data / "cookie_cats" / "cookie_cats.csv.gz"))
    assert found.moments.counts() == {"gate_30": 44_700, "gate_40": 45_489}
    assert [metric.name for metric in found.metrics] == [
        "sum_gamerounds",
        "retention_1",
        "retention_7",
    ]
    (problem,) = found.problems
    assert "49,854" in problem.example


@pytest.mark.parametrize(
    ("ids", "twice"),
    [
        ([3, 1, 2], 0),  # one bit a unit
        ([-5, -5, 3], 1),
        ([1, 10**15, 3], 0),  # too far apart for bits: told apart by hashing
        ([1, 10**15, 1], 1),
        (["a", "b", "a"], 1),
    ],
)
def test_units_with_two_rows_are_counted_whatever_their_ids_are(
    ids: list[object], twice: int
) -> None:
    frame = pd.DataFrame({"user_id": ids, "variant": ["a"] * 3, "converted": [0, 1, 1]})
    table = open_table(frame)
    plan = plan_units(table, metrics=["converted"])
    moments = read_moments(table, layout=plan.layout, metrics=plan.metrics)
    found = {p.kind: p.count for p in check_units(table, plan=plan, moments=moments)}
    assert found.get("duplicates", 0) == twice  # by hand


def test_ranges_are_those_of_the_values_that_are_there() -> None:
    nan, inf = float("nan"), float("inf")
    frame = pd.DataFrame(
        {"flag": [0.0, 1.0], "half": [0.0, 0.5], "gap": [nan, 3.0], "inf": [1.0, inf]}
    )
    found = ranges_of(open_table(frame), list(frame.columns))
    ends = {name: (r.lowest, r.highest, r.is_zero_or_one) for name, r in found.items()}
    assert ends == {  # by hand
        "flag": (0, 1, True),
        "half": (0, 0.5, False),
        "gap": (3, 3, False),
        "inf": (1, inf, False),
    }


def test_text_that_is_meant_as_a_number_is_quoted() -> None:
    frame = pd.DataFrame(
        {"user_id": [1, 2, 3], "variant": list("aba"), "revenue": ["1", "2", "x"]}
    )
    with pytest.raises(InputError, match=r"'revenue' holds text, e\.g\. 'x'"):
        plan_units(open_table(frame))
