"""Numbers out of any table."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from leadline.analysis.problem.encoding import Encoder, as_number, as_numbers, kind_of
from leadline.errors import InputError


def objects(*values):
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def test_numbers_stay_and_infinities_are_missing():
    found = Encoder().fit_transform({"x": np.array([1.5, np.inf, np.nan])})
    np.testing.assert_array_equal(found, [[1.5], [np.nan], [np.nan]])


def test_dates_are_days_since_1970_whatever_their_type():
    # 2020-01-01 is day 18262 (Unix time 1577836800 / 86400)
    for column in (
        np.array(["2020-01-01"], dtype="datetime64[D]"),
        objects(date(2020, 1, 1)),
        objects("2020-01-01"),
        objects(datetime(2020, 1, 1)),
        objects(datetime(2020, 1, 1, tzinfo=UTC)),
        pd.Series(pd.to_datetime(["2020-01-01"]).tz_localize("UTC")).to_numpy(),
    ):
        assert kind_of(column) == "date"
        assert as_numbers(column).tolist() == [18262.0]


def test_durations_and_times_of_day_are_shares_of_days():
    assert as_number(timedelta(hours=36)) == 1.5
    assert as_number(time(6, 0)) == 0.25
    found = as_numbers(np.array([12, "NaT"], dtype="timedelta64[h]"))
    np.testing.assert_array_equal(found, [0.5, np.nan])


def test_booleans_are_0_and_1_with_nan_for_missing():
    encoder = Encoder()
    found = encoder.fit_transform(pd.DataFrame({"b": pd.array([True, None, False])}))
    np.testing.assert_array_equal(found, [[1.0], [np.nan], [0.0]])
    assert encoder.kinds == {"b": "boolean"}
    assert kind_of(np.array([True])) == "boolean"


def test_categories_are_coded_by_frequency_and_strangers_get_their_own_code():
    encoder = Encoder().fit({"city": objects("Bern", "Graz", "Bern", None)})
    assert encoder.categories == {"city": ("Bern", "Graz")}
    assert encoder.categorical_mask.tolist() == [True]
    found = encoder.transform({"city": objects("Graz", "Bern", "Wien", None, "")})
    np.testing.assert_array_equal(found.ravel(), [1, 0, 3, np.nan, np.nan])


def test_rare_categories_share_a_code_and_tell_their_frequency():
    encoder = Encoder(max_categories=2).fit({"c": objects(*"aaabbc", "d", "d")})
    assert encoder.names == ["c", "c (frequency)"]
    assert encoder.sources == ["c", "c"]
    found = encoder.transform({"c": objects("a", "c", "z", None)})
    # a: code 0, 3 of 8; c: rare (code 2), 1 of 8; z: unseen (code 3), 0
    np.testing.assert_array_equal(found, [[0, 3 / 8], [2, 1 / 8], [3, 0], [np.nan, np.nan]])


def test_long_and_various_text_becomes_length_words_and_common_words():
    texts = [
        f"please refund order number {i}" if i % 3 else f"thanks a lot dear {i} team"
        for i in range(60)
    ]
    encoder = Encoder().fit({"mail": objects(*texts)})
    assert encoder.kinds == {"mail": "text"}
    assert 'mail contains "thanks"' in encoder.names
    found = encoder.transform({"mail": objects("Thanks a refund", None)})
    first = dict(zip(encoder.names, found[0], strict=True))
    assert first["mail (length)"] == 15
    assert first["mail (words)"] == 2  # words have two letters or more
    assert first['mail contains "thanks"'] == 1
    assert np.isnan(found[1]).all()


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (objects(None, np.nan, pd.NA, pd.NaT, " "), "empty"),
        (np.array([np.nan, np.nan]), "empty"),
        (objects(*range(19), "n/a"), "number"),  # 95 % numbers
        (objects(1, 2, "a", "b"), "category"),
        (objects("01069", "10115"), "category"),  # postcodes
        (objects(*(str(i) for i in range(300))), "number"),  # a CSV read as text
        (objects("x", "y"), "category"),
        (objects("2024-01-31", "2024-02-01T10:00"), "date"),  # a CSV read as text
        (objects("2024-99-99", "a"), "category"),
        (objects(Decimal("1.5"), 2), "number"),
        (objects([1], {"a": 2}), "category"),
        (objects(True, False), "boolean"),
        (np.array([1, 2], dtype="timedelta64[D]"), "date"),
    ],
    ids=str,
)
def test_a_column_is_read_as_what_most_of_it_is(values, kind):
    assert kind_of(values) == kind


def test_an_all_missing_column_survives():
    found = Encoder().fit_transform({"gone": objects(None, None), "x": np.array([1, 2])})
    np.testing.assert_array_equal(found, [[np.nan, 1], [np.nan, 2]])


def test_lists_in_cells_are_categories_by_what_they_print():
    found = Encoder().fit_transform({"tags": objects([1], None, [1])})
    np.testing.assert_array_equal(found.ravel(), [0, np.nan, 0])


def test_whole_floats_are_the_same_category_as_integers():
    encoder = Encoder().fit({"c": objects(1, "a", "b")})
    np.testing.assert_array_equal(encoder.transform({"c": objects(1.0)}).ravel(), [0])


def test_words_in_a_column_of_numbers_are_missing_values():
    found = Encoder().fit({"x": np.arange(10)}).transform({"x": objects(3, "broken")})
    np.testing.assert_array_equal(found.ravel(), [3, np.nan])
    assert np.isnan(as_number(10**400))


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame, pa.table, dict])
def test_every_library_gives_the_same_matrix(make):
    columns = {"x": [1.0, 2.0, None], "c": ["a", "b", None], "b": [True, None, False]}
    plain = {name: objects(*values) for name, values in columns.items()}
    found = Encoder().fit_transform(make(columns if make is not dict else plain))
    np.testing.assert_array_equal(found, [[1, 0, 1], [2, 1, np.nan], [np.nan, np.nan, 0]])


def test_a_thousand_columns_are_no_trouble():
    X = np.random.default_rng(0).normal(size=(200, 1000))
    np.testing.assert_array_equal(Encoder().fit_transform(X), X)


def test_a_lost_column_is_an_error_that_names_it():
    encoder = Encoder().fit({"x": np.arange(3), "y": np.arange(3)})
    with pytest.raises(InputError, match="lacks y"):
        encoder.transform({"x": np.arange(3)})


def test_columns_that_training_lacked_are_left_alone():
    encoder = Encoder().fit({"x": np.arange(3)})
    found = encoder.transform({"new": np.ones(2), "x": np.array([5, 6])})
    assert found.tolist() == [[5], [6]]


def test_dates_tell_hour_weekday_and_season_where_their_range_does():
    when = pd.date_range("2023-01-01", "2024-12-31 18:00", freq="6h")
    encoder = Encoder()
    matrix = encoder.fit_transform(pd.DataFrame({"when": when}))
    assert encoder.names == ["when", "when (hour)", "when (weekday)", "when (day of the year)"]
    # oracle: pandas; leap days move the season by less than a day
    assert np.allclose(matrix[:, 1], when.hour)
    assert np.array_equal(matrix[:, 2], when.day_of_week)
    whole = when.day_of_year - 1 + when.hour / 24
    assert np.abs((matrix[:, 3] - whole + 180) % 365.2425 - 180).max() < 1.01
    week = pd.date_range("2024-03-04", periods=7)  # whole days of one week tell none of it
    assert Encoder().fit(pd.DataFrame({"when": week})).names == ["when"]
    waited = pd.to_timedelta(np.arange(0, 1000), unit="h")  # durations have no weekday
    assert Encoder().fit(pd.DataFrame({"waited": waited})).names == ["waited"]
