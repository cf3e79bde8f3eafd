"""Tables in files."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from leadline.connectors.files import count_rows, read_table, reader
from leadline.errors import InputError

TEXT = "a,b,day,yes\n1,x,2024-01-31,true\n,,,\n3,z,2024-02-01,false\n"


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(TEXT)
    return path


def test_missing_values_are_nan_nat_or_none(csv):
    found = read_table(csv)
    np.testing.assert_array_equal(found["a"], [1, np.nan, 3])
    assert found["b"].tolist() == ["x", None, "z"]
    assert np.isnat(found["day"]).tolist() == [False, True, False]
    assert found["yes"].tolist() == [True, None, False]


def test_yes_and_no_stay_words_and_true_and_false_are_flags(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text('answer,"it\'s ""new""",flag\nyes,no,true\nno,yes,False\n,,\n')
    found = read_table(path)
    assert found["answer"].tolist() == ["yes", "no", None]
    assert found['it\'s "new"'].tolist() == ["no", "yes", None]
    assert found["flag"].tolist() == [True, False, None]


def test_a_wide_encoding_is_read_and_an_empty_file_or_a_name_that_stands_twice_refused(
    tmp_path,
):
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n1,ö\n", encoding="utf-16")
    assert read_table(path)["b"].tolist() == ["ö"]
    path.write_text("")
    with pytest.raises(InputError, match="is empty"):
        read_table(path)
    path.write_text("a,a\n1,2\n")
    with pytest.raises(InputError, match="'a'"):
        read_table(path)


def test_a_model_gets_the_table_that_it_was_trained_on(csv):
    found = read_table(csv, as_frame=True)
    assert isinstance(found, pd.DataFrame)
    assert found["day"].dtype.kind == "M"


def test_parquet_and_json_lines_say_the_same(csv, tmp_path):
    frame = read_table(csv, as_frame=True)[["a", "b"]]
    frame.to_parquet(tmp_path / "rows.parquet")
    frame.to_json(tmp_path / "rows.jsonl", orient="records", lines=True)
    for name in ("rows.parquet", "rows.jsonl"):
        np.testing.assert_array_equal(read_table(tmp_path / name)["a"], [1, np.nan, 3])


def test_of_a_large_file_the_same_sample_is_drawn_each_time(tmp_path):
    path = tmp_path / "rows.parquet"
    pd.DataFrame({"a": np.arange(50_000)}).to_parquet(path)
    assert count_rows(path) == 50_000
    first, again = (read_table(path, most=5_000)["a"] for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert np.unique(first).size == 5_000  # without replacement
    # oracle: the mean of 5,000 of 0 … 49,999 has a standard error of 193
    assert abs(first.mean() - 24_999.5) < 4 * 193
    assert read_table(path, most=50_000)["a"].size == 50_000


@pytest.mark.parametrize(
    ("path", "function"),
    [("a.csv.gz", "read_csv"), ("part-*.parquet", "read_parquet"), ("a.b.TSV", "read_csv")],
)
def test_the_ending_says_how_a_file_is_read(path, function):
    assert reader(path) == function


def test_an_unknown_ending_is_refused():
    with pytest.raises(InputError, match="no ending that is read here"):
        reader("rows.xlsx")


def test_an_absent_file_is_refused_as_by_every_other_command(tmp_path):
    with pytest.raises(InputError, match="cannot be read") as caught:
        read_table(tmp_path / "none.csv")
    assert caught.value.exit_code == 2
