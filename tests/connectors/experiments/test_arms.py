"""Tables of results by arm: recognised, read, and refused for a reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from leadline.analysis.experiments.metrics import Mean, Proportion
from leadline.connectors.experiments.arms import read_arms
from leadline.connectors.experiments.tables import read_experiments, shape_of
from leadline.connectors.warehouse import open_table
from leadline.errors import InputError

ARMS = pd.DataFrame(
    {
        "Experiment Name": ["one", "one", "two", "two"],
        "Variation": ["control", "new", "control", "new"],
        "Users": [1000, 1010, 500, 480],
        "Conversions": [100, 130, 50, 52],
        "Start Date": ["2026-01-05", "2026-01-05", "2026-04-01", "2026-04-01"],
        "Team": ["search", "search", "ads", "ads"],
    }
)


def test_columns_are_recognised_by_what_teams_call_them() -> None:
    found = read_arms(open_table(ARMS))
    assert found.roles == {
        "experiment": "Experiment Name",
        "arm": "Variation",
        "n": "Users",
        "started_on": "Start Date",
        "project": "Team",
    }
    assert [type(metric) for metric in found.metrics] == [Proportion]
    read = found.moments.moments("Conversions", arm="new", experiment="one")
    assert read is not None
    assert (read.n, read.sums) == (1010, (130.0,))
    assert found.about["two"].project == "ads"
    assert found.about["two"].started_on == date(2026, 4, 1)


@pytest.mark.parametrize(
    "statistics",
    [
        {"mean_revenue": [5.0, 6.0], "sd_revenue": [2.0, 3.0]},
        {"revenue_avg": [5.0, 6.0], "revenue_var": [4.0, 9.0]},
        {"revenue_mean": [5.0, 6.0], "revenue_se": [2.0 / 10, 3.0 / 10]},
        {"revenue_sum": [500.0, 600.0], "revenue_sum_sq": [2896.0, 4491.0]},
    ],
)
def test_a_mean_is_read_from_whatever_statistics_there_are(
    statistics: dict[str, list[float]],
) -> None:
    # closed form: n = 100; sd 2 and 3; Σx² = (n−1)·sd² + n·mean²
    frame = pd.DataFrame({"arm": ["a", "b"], "n": [100, 100], **statistics})
    found = read_arms(open_table(frame))
    assert found.metrics == (Mean(column="revenue"),)
    for arm, mean, sd in (("a", 5.0, 2.0), ("b", 6.0, 3.0)):
        read = found.moments.moments("revenue", arm=arm)
        assert read is not None
        assert read.mean[0] == pytest.approx(mean)
        assert read.covariance[0, 0] == pytest.approx(sd**2, rel=1e-9)


def test_two_possible_columns_are_both_named_with_the_flag() -> None:
    frame = ARMS.assign(Visitors=ARMS["Users"])
    with pytest.raises(InputError) as caught:
        read_arms(open_table(frame))
    assert "'Users' or 'Visitors'" in str(caught.value)
    assert "--n" in str(caught.value)
    assert read_arms(open_table(frame), given={"n": "Visitors"}).roles["n"] == "Visitors"


def test_a_column_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(InputError, match="no column 'users'") as caught:
        read_arms(open_table(ARMS), given={"n": "users"})
    assert "Conversions" in str(caught.value)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("Users", -5, "must be a count"),
        ("Users", np.nan, "no finite units"),
        ("Conversions", 5000, "cannot be"),
        ("Conversions", np.inf, "no finite Conversions"),
        ("Variation", "control", "two rows"),
    ],
)
def test_an_unusable_row_takes_its_experiment_out_and_says_why(
    column: str, value: object, reason: str
) -> None:
    frame = ARMS.copy()
    frame[column] = frame[column].astype(object if isinstance(value, str) else float)
    frame.loc[1, column] = value
    found = read_arms(open_table(frame))
    assert found.moments.experiments == ("two",)
    (problem,) = found.problems
    assert problem.experiment == "one"
    assert reason in problem.example


def test_both_arms_side_by_side_become_two_rows() -> None:
    frame = pd.DataFrame(
        {
            "experiment_id": ["x"] * 4,
            "variant_id": [1, 1, 2, 2],
            "metric_id": [1, 1, 1, 1],
            "time_since_start": [0.5, 1.0, 0.5, 1.0],
            "count_c": [10, 30, 10, 30],
            "count_t": [12, 28, 9, 31],
            "mean_c": [1.0, 1.1, 1.0, 1.1],
            "mean_t": [1.2, 1.3, 1.0, 1.2],
            "variance_c": [1.0, 1.2, 1.0, 1.2],
            "variance_t": [1.1, 1.0, 1.0, 1.3],
        }
    )
    found = read_arms(open_table(frame))
    assert found.moments.arms("x") == ("1", "2", "control")
    assert found.moments.days == (0.5, 1.0)
    whole = found.moments.moments("1", arm="2", experiment="x")
    assert whole is not None
    # the last snapshot holds all days so far
    assert (whole.n, whole.mean[0]) == (31, pytest.approx(1.2))
    assert whole.covariance[0, 0] == pytest.approx(1.3)
    assert found.moments.counts("x", day=0.5) == {"1": 12, "2": 9, "control": 10}


def daily(counts: list[int]) -> pd.DataFrame:
    days = [f"2026-01-{5 + i:02d}" for i in range(len(counts))]
    return pd.DataFrame(
        {
            "arm": ["a"] * len(counts) + ["b"] * len(counts),
            "day": days * 2,
            "users": counts * 2,
            "conversions": [n // 10 for n in counts] * 2,
        }
    )


def test_days_and_days_so_far_are_told_apart() -> None:
    a_day = read_arms(open_table(daily([100, 120, 90, 110, 100, 95, 100])))
    so_far = read_arms(open_table(daily([100, 220, 310, 420, 520, 615, 715])))
    assert a_day.moments.counts() == so_far.moments.counts() == {"a": 715, "b": 715}


def test_too_few_days_to_tell_are_asked_about() -> None:
    frame = daily([100, 120])
    with pytest.raises(InputError, match="--cumulative or --daily"):
        read_arms(open_table(frame))
    assert read_arms(open_table(frame), cumulative=True).moments.counts() == {
        "a": 120,
        "b": 120,
    }
    assert read_arms(open_table(frame), cumulative=False).moments.counts() == {
        "a": 220,
        "b": 220,
    }


def test_units_that_vanish_from_a_running_total_are_named() -> None:
    frame = daily([100, 220, 210, 420])
    with pytest.raises(InputError, match="fall from 220 to 210"):
        read_arms(open_table(frame), cumulative=True)


def test_a_table_of_units_is_not_taken_for_one_of_results() -> None:
    units = pd.DataFrame(
        {"variant": ["a", "b"] * 5, "sessions": range(10), "clicks": range(10)}
    )
    assert shape_of(open_table(units), given={}) == "units"
    assert shape_of(open_table(ARMS), given={}) == "arms"


def test_shipped_arms_and_predictions_are_read() -> None:
    frame = ARMS.assign(shipped=["", "yes", "new", "new"], predicted=[None, 0.02, None, 0.01])
    found = read_arms(open_table(frame))
    assert found.about["one"].shipped == ("new",)
    assert found.about["two"].shipped == ("new",)
    assert found.about["one"].predicted == {"new": 0.02}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"experiment,arm,users,conversions\n", "a header but no rows"),
        ("arm,users,conversions\nå,10,1\nb,10,1\n".encode("latin-1"), "not written in UTF-8"),
        (b"a,b\n1,2\n", "no column tells the arm"),
        (b"arm,users\na,10\nb,12\n", "which column counts the successes"),
    ],
)
def test_a_hostile_file_ends_in_one_clear_sentence(
    content: bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "results.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_experiments(open_table(path), shape="arms")


def test_the_order_of_rows_changes_nothing() -> None:
    shuffled = ARMS.sample(frac=1, random_state=1)
    assert (
        read_arms(open_table(shuffled)).moments.n_rows
        == read_arms(open_table(ARMS)).moments.n_rows
    )


def test_upworthy_is_read_as_it_is(shared_data: Path) -> None:
    found = read_arms(open_table(shared_data / "upworthy" / "tests.csv"))
    rows = pd.read_csv(shared_data / "upworthy" / "tests.csv")
    assert len(found.moments.experiments) == rows["experiment"].nunique()
    assert sum(found.moments.n_rows.values()) == rows["impressions"].sum()


def test_a_total_that_falls_once_is_asked_about() -> None:
    frame = daily([100, 210, 330, 460, 455, 570, 690, 800, 920, 1_050])
    with pytest.raises(InputError, match="fall in 2 of 18 steps"):
        read_arms(open_table(frame))


def test_what_only_the_numbers_tell_is_said() -> None:
    so_far = [100 * day for day in range(1, 11)]
    (note,) = read_arms(open_table(daily(so_far))).notes
    assert "taken to hold all days so far" in note
    assert read_arms(open_table(daily(so_far)), cumulative=True).notes == ()
    assert read_arms(open_table(daily([5, 4, 6, 3]))).notes == ()


@pytest.mark.parametrize("users", ["users", "Nutzer"])
def test_results_with_two_rows_an_arm_are_not_taken_for_units(users: str) -> None:
    frame = pd.DataFrame(
        {"arm": ["a", "a", "b"], users: [1_000, 900, 1_000], "conversions": [50, 60, 70]}
    )
    with pytest.raises(InputError, match="two rows for the same experiment, and no column"):
        read_experiments(open_table(frame))
    as_text = frame.assign(**{users: ["1 000", "900", "1 000"]})
    assert shape_of(open_table(as_text), given={}) == "arms"
    ones = frame.assign(**{users: 1})
    assert shape_of(open_table(ones), given={}) == "units"


def test_names_in_other_languages_are_recognised() -> None:
    frame = pd.DataFrame(
        {
            "Variante": ["Kontrolle", "neu"],
            "Besucher": [1_000, 1_000],
            "Käufe": [100, 120],
            "Datum": ["2026-01-01"] * 2,
        }
    )
    found = read_arms(open_table(frame))
    assert found.roles == {"arm": "Variante", "n": "Besucher", "day": "Datum"}
    assert [metric.name for metric in found.metrics] == ["Käufe"]


def test_a_row_of_totals_spoils_no_experiment() -> None:
    nothing = pd.DataFrame([dict.fromkeys(ARMS.columns)])
    total = pd.DataFrame([{"Users": 4_000, "conversions": 400}])
    found = read_arms(open_table(pd.concat([ARMS, nothing, total], ignore_index=True)))
    assert [(p.experiment, p.example) for p in found.problems] == [
        ("(no name)", "a row has no arm")
    ]


def test_an_arm_that_sums_the_others_is_named() -> None:
    frame = pd.DataFrame(
        {"arm": ["a", "b", "Total"], "users": [100, 110, 210], "conversions": [10, 11, 21]}
    )
    (problem,) = read_experiments(open_table(frame)).problems
    assert (problem.kind, problem.example, problem.blocks) == ("total as arm", "'Total'", True)


def test_successes_are_counted_back_from_a_share() -> None:
    frame = pd.DataFrame(
        {"arm": ["a", "b"], "users": [10_000, 10_050], "conversion_rate": [0.1, 0.1104]}
    )
    found = read_arms(open_table(frame))
    (metric,) = found.metrics
    assert isinstance(metric, Proportion)
    # By hand: .1104 × 10,050 = 1,109.5, so 1,110 of 10,050.
    means = [float(cell[metric.name].mean[0]) for cell in found.moments.cells.values()]
    assert sorted(means) == pytest.approx([0.1, 1_110 / 10_050])
    assert "counted back" in found.notes[0]
    assert read_arms(open_table(frame.assign(orders=1)), wanted=["conversion_rate"]).notes
    percent = frame.assign(conversion_rate=[10.0, 11.04])
    with pytest.raises(InputError, match="must be a share within 0 and 1, got 10"):
        read_arms(open_table(percent))
