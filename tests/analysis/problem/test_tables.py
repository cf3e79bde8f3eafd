"""The same verbs on every kind of table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from leadline.analysis.problem import tables
from leadline.errors import InputError

COLUMNS = {"age": [31, 45, 27], "city": ["Bern", "Graz", "Bern"]}

FRAMES = {
    "pandas": pd.DataFrame(COLUMNS, index=[7, 8, 9]),
    "polars": pl.DataFrame(COLUMNS),
    "pyarrow": pa.table(COLUMNS),
    "dicts": [
        dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)
    ],
    "columns": {name: np.array(values) for name, values in COLUMNS.items()},
}


@pytest.fixture(params=FRAMES)
def table(request):
    return FRAMES[request.param]


def test_every_table_tells_its_rows_and_columns(table):
    assert tables.n_rows(table) == 3
    assert tables.names(table) == ["age", "city"]
    assert tables.column(table, "city").tolist() == ["Bern", "Graz", "Bern"]


def test_taking_rows_returns_the_same_container(table):
    taken = tables.take(table, np.array([2, 0]))
    assert type(taken) is type(table)
    assert tables.column(taken, "age").tolist() == [27, 31]


def test_dropping_a_column_leaves_the_others(table):
    left = tables.drop(table, ["age"])
    assert type(left) is type(table)
    assert tables.names(left) == ["city"]
    assert tables.n_rows(left) == 3


def test_a_column_can_be_replaced_or_added(table):
    changed = tables.with_column(table, "age", np.array([1, 2, 3]))
    assert tables.column(changed, "age").tolist() == [1, 2, 3]
    assert tables.column(table, "age").tolist() == [31, 45, 27]  # the original stays
    longer = tables.with_column(table, "score", np.array([0.5, 0.25, 0.125]))
    assert tables.names(longer) == ["age", "city", "score"]


def test_words_may_replace_numbers_in_every_table(table):
    changed = tables.with_column(table, "age", np.array(["old", None, 3], dtype=object))
    assert [str(v) for v in tables.column(changed, "age").tolist()][0::2] == ["old", "3"]


def test_an_unknown_column_is_an_error_that_names_the_known_ones(table):
    with pytest.raises(InputError, match=r"no column 'wage'.*\n.*age, city"):
        tables.column(table, "wage")


def test_replaced_categories_keep_the_type_that_boosters_compare():
    frame = pd.DataFrame({"size": pd.Categorical(["s", "m", "l"], categories=["s", "m", "l"])})
    changed = tables.with_column(frame, "size", np.array(["l", "l", "s"], dtype=object))
    assert changed["size"].dtype == frame["size"].dtype


def test_a_pandas_table_may_have_numbers_for_names():
    frame = pd.DataFrame([[1, 2], [3, 4]])
    assert tables.names(frame) == ["0", "1"]
    assert tables.column(frame, "1").tolist() == [2, 4]
    assert tables.drop(frame, ["0"]).columns.tolist() == [1]
    assert tables.with_column(frame, "1", np.array([9, 9]))[1].tolist() == [9, 9]


@pytest.mark.parametrize("make", [np.asarray, sparse.csr_matrix])
def test_an_array_has_numbered_columns(make):
    array = make(np.arange(6.0).reshape(3, 2))
    assert tables.names(array) == ["x0", "x1"]
    assert tables.n_rows(array) == 3
    assert tables.column(array, "x1").tolist() == [1.0, 3.0, 5.0]
    assert tables.column(tables.take(array, np.array([1])), "x0").tolist() == [2.0]
    assert tables.drop(array, ["x0"]).shape == (3, 1)
    assert tables.with_column(array, "new", np.zeros(3)).shape == (3, 3)
    changed = tables.with_column(array, "x0", np.array(["a", "b", "c"]))
    assert tables.column(changed, "x0").tolist() == ["a", "b", "c"]
    assert tables.column(changed, "x1").tolist() == [1.0, 3.0, 5.0]


def test_a_vector_is_a_table_of_one_column():
    assert tables.names(np.arange(3)) == ["x0"]
    assert tables.column(np.arange(3), "x0").tolist() == [0, 1, 2]
    assert tables.drop(np.arange(3), []).shape == (3, 1)


def test_a_table_without_columns_has_no_rows():
    assert tables.n_rows({}) == 0


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 3],
        (1, 2, 3),
        np.array([1, 2, 3]),
        np.array([[1], [2], [3]]),
        pd.Series([1, 2, 3], index=[5, 5, 5]),
        pd.DataFrame({"y": [1, 2, 3]}),
        pl.Series([1, 2, 3]),
        pa.chunked_array([[1, 2], [3]]),
    ],
    ids=lambda values: type(values).__name__,
)
def test_a_target_of_any_kind_becomes_one_vector(values):
    assert tables.vector(values).tolist() == [1, 2, 3]


def test_a_list_of_mixed_values_keeps_each_of_them():
    assert tables.vector([1, "a", None]).tolist() == [1, "a", None]


def test_a_target_of_two_columns_is_refused():
    with pytest.raises(InputError, match=r"one column, got an array of shape \(3, 2\)"):
        tables.vector(np.zeros((3, 2)))


def test_what_is_no_column_is_refused():
    with pytest.raises(InputError, match="the scores is None, which is no column"):
        tables.vector(None, name="the scores")


def test_what_is_no_table_is_refused_by_name():
    with pytest.raises(InputError, match=r"builtins\.object is not read as a table"):
        tables.names(object())


def test_a_lazy_table_is_refused_with_what_to_do():
    with pytest.raises(InputError, match="collect a lazy table first"):
        tables.n_rows(pl.LazyFrame(COLUMNS))


def test_repeated_column_names_are_refused():
    with pytest.raises(InputError, match="column names must differ"):
        tables.names(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_columns_come_in_the_order_of_training_and_what_training_lacks_is_left_out(table):
    wanted = tables.take(table, np.array([0]))
    more = tables.with_column(table, "score", np.array([0.1, 0.2, 0.3]))
    found = tables.with_columns_of(more, wanted, name="X_test")
    assert type(found) is type(table)
    assert tables.names(found) == ["age", "city"]
    with pytest.raises(InputError, match="X_test lacks score, which the training table has"):
        tables.with_columns_of(table, more, name="X_test")


def test_many_lacking_columns_are_not_all_named_and_arrays_have_no_names():
    wide = pd.DataFrame(np.zeros((2, 12)), columns=list("abcdefghijkl"))
    with pytest.raises(InputError, match="X_test lacks b, c, d, e, f, g, h, i, j, k, …, which"):
        tables.with_columns_of(wide[["a"]], wide, name="X_test")
    array = np.zeros((2, 3))
    assert tables.with_columns_of(array, wide, name="X_test") is array


def test_rows_under_an_index_of_several_levels_may_be_shuffled_too():
    levels = pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)])
    table, y = pd.DataFrame({"x": [1, 2, 3]}, index=levels), pd.Series([0, 1, 1], index=levels)
    tables.in_one_order(table, y, name="train")
    tables.in_one_order(table, y.reset_index(drop=True), name="train")
    with pytest.raises(InputError, match="y_train has the index of X_train in another order"):
        tables.in_one_order(table, y[::-1], name="train")


def test_a_model_may_write_into_what_it_is_lent(table):
    lent = tables.lent(table)
    if isinstance(lent, list):
        lent[0]["age"] = -1
    elif isinstance(lent, dict | pd.DataFrame):
        lent["age"] = np.array([-1, -1, -1])
    assert tables.column(table, "age").tolist() == [31, 45, 27]


def test_arrays_are_lent_as_a_copy_unless_they_are_large(monkeypatch):
    array = np.zeros((3, 2))
    assert tables.lent(array) is not array
    monkeypatch.setattr(tables, "MOST_LENT", 5)
    assert tables.lent(array) is array


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (None, "a table is missing"),
        ("train.csv", "'train.csv' is a text and no table"),
        (pd.Series([1, 2]), "is one column and no table"),
        (object(), "builtins.object is not read as a table"),
    ],
)
def test_what_is_no_table_is_said_to_be_none(given, message):
    with pytest.raises(InputError, match=message):
        tables.names(given)
