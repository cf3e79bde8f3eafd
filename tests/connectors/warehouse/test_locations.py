"""Files as they come, and places that cannot be read: said in words."""

from __future__ import annotations

import codecs
import gzip
from pathlib import Path

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from leadline.connectors.experiments.tables import read_experiments
from leadline.connectors.warehouse import open_table
from leadline.connectors.warehouse.duck import DuckDB
from leadline.connectors.warehouse.sql import column
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


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_several_files_of_a_folder_are_one_table(ending: str, tmp_path: Path) -> None:
    for i in (1, 2):
        query = f"COPY (SELECT {i} AS n) TO '{tmp_path / f'part-{i}.{ending}'}'"
        duckdb.sql(query)
    duckdb.sql(f"COPY (SELECT 9 AS n) TO '{tmp_path / f'other.{ending}'}'")
    table = open_table(tmp_path / f"part-*.{ending}")
    assert table.fetch(table.select("n").order_by("1")) == [(1,), (2,)]  # oracle: as written
    with pytest.raises(InputError, match=r"no such file: .*rest-\*"):
        open_table(tmp_path / f"rest-*.{ending}")


def test_lines_may_end_as_on_an_old_mac(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(b"variant,n\rcontrol,1\rnew,2\r")
    table = open_table(path)
    # oracle: as written
    assert table.fetch(table.select("*").order_by("1")) == [("control", 1), ("new", 2)]


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


GERMAN = "arm;users;amount\r\na;{};{}\r\nb;{};{}\r\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # Oracle: the numbers that were written, by hand.
        ('arm,users,amount\na,"1,234","2,000.5"\nb,"12,345,678",7\n', [1234, 12345678]),
        (GERMAN.format("10.000", "1,5", "1.234.567", "2,25"), [10000, 1234567]),
        (GERMAN.format("10.000", "1,50 %", "12.345", "2,25 %"), [10000, 12345]),
        (GERMAN.format("1.234.567", "1", "12.345", "2"), [1234567, 12345]),
        (GERMAN.format("10,000", "1.5", "1,234", "2.25"), [10000, 1234]),
        ("sep=;\r\n" + GERMAN.format("10", "1", "20", "2"), [10, 20]),
        (GERMAN.format("10", "#N/A", "20", "-"), [10, 20]),
    ],
)
def test_thousands_are_read_where_only_one_reading_is_possible(
    content: str, expected: list[int], tmp_path: Path
) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        path = tmp_path / "results.csv"
        path.write_bytes(content.encode(encoding))
        table = open_table(path)
        assert table.column("users").kind == "number"
        assert sorted(row[0] for row in table.fetch(table.select(column("users")))) == sorted(
            expected
        )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GERMAN.format("10.000", "1", "12.345", "2"), "10.000 can be read in two ways"),
        ("arm\tusers\na\t10,000\nb\t12,345\n", "10,000 can be read in two ways"),
        ("arm,on\na,02/03/2026\nb,02/10/2026\n", "02/03/… can be read in two ways"),
    ],
)
def test_what_can_be_read_in_two_ways_is_asked(
    content: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "results.csv").write_text(content)
    with pytest.raises(InputError, match=message):
        open_table(tmp_path / "results.csv")


@pytest.mark.parametrize("days", [("02/03/2026", "02/17/2026"), ("3-2-2026", "17-2-2026")])
def test_one_day_after_the_twelfth_tells_which_number_is_the_month(
    days: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "results.csv").write_text(f"arm,on\na,{days[0]}\nb,{days[1]}\nc,{days[1]}\n")
    table = open_table(tmp_path / "results.csv")
    found = {str(row[0])[:10] for row in table.fetch(table.select(column("on")))}
    assert found == {"2026-02-03", "2026-02-17"}


def test_a_folder_of_two_tables_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("arm,users\na,1\n")
    (tmp_path / "b.csv").write_text("when,what,why\n2026-01-01,x,y\n")
    with pytest.raises(InputError, match="do not have the same columns"):
        open_table(tmp_path)


def test_what_goes_wrong_after_the_first_rows_is_said_in_words_too() -> None:
    # DuckDB hands out the first rows before it has read the last ones.
    query = (
        "SELECT CAST(CASE WHEN i < 3_000_000 THEN '1' ELSE 'many' END AS INTEGER) "
        "FROM range(4_000_000) AS rows(i)"
    )
    with pytest.raises(InputError, match="many"):
        DuckDB().fetch(sqlglot.parse_one(query, dialect="duckdb"))


def test_a_table_of_the_same_name_in_two_schemas_can_be_said(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "results.duckdb")) as made:
        made.execute("CREATE TABLE units AS SELECT 1 AS a")
        made.execute("CREATE SCHEMA old")
        made.execute("CREATE TABLE old.units AS SELECT 2 AS a")
        made.execute("CREATE TABLE old.alone AS SELECT 3 AS a")

    def read(name: str) -> object:
        table = open_table(tmp_path / "results.duckdb", table=name)
        return table.fetch(table.select(column("a")))

    assert [read(name) for name in ("units", "old.units", "alone")] == [[(1,)], [(2,)], [(3,)]]
    with pytest.raises(InputError, match=r"it has: units, old\.alone, old\.units"):
        read("none")
