"""Rules of time."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.analysis.baseline import history
from leadline.errors import InputError

DAYS = np.arange("2024-01-01", "2024-01-29", dtype="datetime64[D]")
Y = np.arange(28.0)


def series(rows_of, **options):
    table = {"promo": np.zeros(28)}
    rows, problem = rows_of(table, Y, time=DAYS, **options)
    return rows.take(np.arange(21)), rows.take(np.arange(21, 28)), problem


def test_the_last_value_is_that_of_the_day_before(rows_of):
    train, test, _ = series(rows_of)
    rule = history.last_value(train, horizon=1)
    assert rule.score(test).tolist() == [20, 21, 22, 23, 24, 25, 26]
    assert rule.sentence == "what it was last time, as known 1 day before"


def test_a_longer_horizon_knows_less(rows_of):
    train, test, _ = series(rows_of)
    rule = history.last_value(train, horizon=3)
    assert rule.score(test).tolist() == [18, 19, 20, 21, 22, 23, 24]


def test_last_week_is_seven_days_ago_or_as_many_weeks_as_needed(rows_of):
    train, test, _ = series(rows_of)
    assert history.same_day_last_week(train, horizon=1).score(test).tolist() == list(
        range(14, 21)
    )
    rule = history.same_day_last_week(train, horizon=10)
    assert rule.sentence == "what it was on the same day 2 weeks ago"
    assert rule.score(test).tolist() == list(range(7, 14))


def test_the_recent_mean_is_of_the_newest_seven(rows_of):
    train, test, _ = series(rows_of)
    rule = history.recent_mean(train, horizon=1)
    assert rule.score(test)[0] == np.mean(Y[14:21])


def test_series_do_not_see_each_other(rows_of):
    table = {"x": np.zeros(6)}
    rows, _ = rows_of(
        table, [1.0, 10.0, 2.0, 20.0, 3.0, 30.0], time=[1, 1, 2, 2, 3, 3], groups=list("ababab")
    )
    rule = history.last_value(rows.take(np.arange(2)), horizon=1)
    assert rule.score(rows.take(np.arange(2, 6))).tolist() == [1, 10, 2, 20]
    assert rule.sentence == "what it was last time, as known 1 before"


def test_a_series_that_is_not_asked_about_changes_nothing(rows_of):
    rows, _ = rows_of(
        {"x": np.zeros(4)}, [1.0, 9.0, 2.0, 3.0], time=[1, 1, 2, 3], groups=list("abaa")
    )
    rule = history.last_value(rows.take(np.arange(3)), horizon=1)
    assert rule.score(rows.take(np.array([3]))).tolist() == [2.0]


def test_a_row_without_a_past_gets_the_mean(rows_of):
    rows, _ = rows_of({"x": np.zeros(4)}, [1.0, 2.0, 3.0, 6.0], time=[5, 6, 7, 8])
    rule = history.last_value(rows, horizon=1)
    assert rule.score(rows)[0] == 3.0


def test_several_rows_of_one_moment_count_by_their_mean(rows_of):
    rows, _ = rows_of({"x": np.zeros(4)}, [1.0, 3.0, 7.0, 8.0], time=[1, 1, 2, 2])
    rule = history.last_value(rows, horizon=1)
    assert rule.score(rows)[2:].tolist() == [2.0, 2.0]


def test_numbers_of_time_have_no_weeks(rows_of):
    rows, _ = rows_of({"x": np.zeros(4)}, [1.0, 2.0, 3.0, 4.0], time=[1, 2, 3, 4])
    assert history.same_day_last_week(rows, horizon=1) is None


@pytest.mark.parametrize(
    ("time", "step"), [([1, 2, 3, 5], 1.0), ([0, 7, 14, 14], 7.0), ([4, 4], 0.0)]
)
def test_the_step_of_time_is_the_commonest_gap(time, step):
    assert history.step_of(np.array(time, dtype=float)) == step


def test_rows_without_a_time_are_refused(rows_of):
    with pytest.raises(InputError, match="some rows have no time"):
        rows_of({"x": np.zeros(2)}, [1.0, 2.0], time=[1.0, np.nan])


def test_columns_of_different_lengths_are_refused(rows_of):
    with pytest.raises(InputError, match="groups has 3 values for 2 rows"):
        rows_of({"x": np.zeros(2)}, [1.0, 2.0], groups=[1, 2, 3])
