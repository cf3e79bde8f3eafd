"""Files as they come, and places that cannot be read: said in words."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import pytest
from sqlglot import exp

from leadline.connectors.experiments.tables import read_experiments
from leadline.connectors.warehouse import open_table
from leadline.errors import ConnectorError, InputError
from tests.connectors.warehouse.conftest import SPARK

WHOLE = gzip.compress(b"".join(b"%d,new,%d\n" % (i, i * i) for i in range(5_000)), mtime=0)
CUT = WHOLE[: len(WHOLE) // 2]
ROWS = [("user_id", "variant", "converted"), ("1", "control", "0"), ("2", "new", "1")]


@pytest.mark.parametrize("separator", [",", ";", "|", "\t", "^", "~"])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read_however_it_was_exported(
    separator: str, quote: str, encoding: str, tmp_path: Path
) -> None:
    lines = (separator.join(f"{quote}{value}{quote}" for value in row) for row in ROWS)
    path = tmp_path / "units.csv"
    path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    table = open_table(path)
    assert table.names == ROWS[0]
    assert table.fetch(table.select("*").order_by("1")) == [(1, "control", 0), (2, "new", 1)]


def test_a_byte_order_mark_is_no_letter_of_a_column(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(codecs.BOM_UTF8 + b"variant,users\na,1\n")
    assert open_table(path).names == ("variant", "users")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_decimal_commas_of_a_spreadsheet_are_numbers(separator: str, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    rows = [("variant", "revenue"), ("control", "3,50"), ("new", "-0,25")]
    path.write_text("".join(separator.join(row) + "\n" for row in rows))
    table = open_table(path)
    assert table.fetch(table.select("*").order_by("1")) == [("control", 3.5), ("new", -0.25)]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("cut.csv.gz", CUT, "damaged or was cut off"),
        ("plain.csv.gz", b"variant,users\ncontrol,1\n", "damaged or was cut off"),
        ("cut.parquet", b"PAR1" + bytes(range(200)), "no Parquet file"),
        ("noise.csv", bytes(range(256)) * 20, "cannot be recognised as a table"),
        ("twins.csv", b"variant,n,n\na,1,2\n", "2 columns named 'n'"),
        ("more.csv", b"a;b;a;b\n1;2;3;4\n", "several columns of the same name: a, b"),
        ("ragged.csv", b"variant,n\na,1,2,3\nb\n", "as many fields as its header"),
    ],
)
def test_a_damaged_file_is_named_for_what_it_is(
    name: str, content: bytes, says: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as raised:
        open_table(path)
    assert raised.value.hint
    assert raised.value.exit_code == 2


def test_a_day_that_is_none_is_quoted(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    rows = "".join(f"{i},{'new' if i % 2 else 'old'},Jan {i + 1} 2026,1\n" for i in range(9))
    path.write_text(f"user_id,variant,day,converted\n{rows}")
    with pytest.raises(InputError, match="column 'day' holds 'Jan 1 2026'"):
        read_experiments(open_table(path))


def test_a_slow_query_draws_no_progress_bar_into_the_output(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("variant,users\na,1\n")
    table = open_table(path)
    asked = exp.select(exp.func("CURRENT_SETTING", exp.Literal.string("enable_progress_bar")))
    assert table.fetch(asked) == [(False,)]


def test_an_address_that_is_not_read_is_named() -> None:
    with pytest.raises(InputError, match="mysql://"):
        open_table("mysql://host/db", table="units")


def test_a_server_that_is_down_is_named_without_its_password() -> None:
    with pytest.raises(ConnectorError, match="did not answer") as caught:
        open_table("postgresql://me:secret@localhost:1/db", table="units")
    assert "secret" not in str(caught.value)


def test_a_table_that_postgresql_has_not_is_named(postgres: str) -> None:
    with pytest.raises(InputError, match=r"ab\.absent"):
        open_table(postgres, table="ab.absent")


@pytest.mark.slow
def test_spark_names_a_path_that_is_not_there(spark_parquet: Path) -> None:
    with pytest.raises(InputError, match=r"absent\.parquet"):
        open_table(spark_parquet.parent / "absent.parquet", spark=SPARK)


@pytest.mark.slow
def test_spark_reads_a_csv_with_semicolons(spark_parquet: Path, tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text("\n".join(";".join(row) for row in ROWS), encoding="utf-8-sig")
    assert spark_parquet.is_file()
    assert open_table(path, spark=SPARK).names == ROWS[0]
