"""The people file: what loads, what is named, and with which words."""

from __future__ import annotations

import codecs
import csv
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from leadline.connectors.people import PeopleFile, read_people
from leadline.errors import ConnectorError, InputError
from leadline.practice.dates import FIRST_DAY, LAST_DAY
from leadline.practice.people import Person

HEADER = "name,emails,start_on,country,ends_on"


def read(
    folder: Path, *lines: str, encoding: str = "utf-8", header: str = HEADER
) -> PeopleFile:
    path = folder / "people.csv"
    path.write_bytes("\n".join([header, *lines, ""]).encode(encoding))
    return read_people(path)


def named(found: PeopleFile) -> list[tuple[int, str]]:
    return [(problem.line, problem.part) for problem in found.problems]


def test_all_nine_columns_make_a_person(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Mira Lund,mira@example.com;m@example.org,2024-02-01,DE-BE,2027-01-31,"
        "ML engineer,senior,lead@example.com,2024-07-31",
        header=f"{HEADER},role,level,lead,probation_ends_on",
    )
    assert found.people == (
        Person(
            name="Mira Lund",
            emails=("mira@example.com", "m@example.org"),
            start_on=date(2024, 2, 1),
            country="DE-BE",
            ends_on=date(2027, 1, 31),
            role="ML engineer",
            level="senior",
            lead="lead@example.com",
            probation_ends_on=date(2024, 7, 31),
        ),
    )
    assert found.problems == ()


def test_only_a_name_and_an_address_are_needed_in_a_row(tmp_path: Path) -> None:
    found = read(tmp_path, "Mira,mira@example.com,,,", "Bo,bo@example.com")
    assert [person.name for person in found.people] == ["Mira", "Bo"]
    assert found.problems == ()


@pytest.mark.parametrize(
    "cell",
    [
        "a@x.org;b@x.org",
        '"a@x.org,b@x.org"',
        "a@x.org b@x.org",
        " A@X.org ; b@x.org ;a@x.org; ",
        "Mira <a@x.org>; mailto:b@x.org",
        '"a@x.org,\n b@x.org"',
    ],
)
def test_addresses_are_separated_in_any_usual_way(tmp_path: Path, cell: str) -> None:
    found = read(tmp_path, f"Mira,{cell},,,")
    assert found.people[0].emails == ("a@x.org", "b@x.org")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends_are_recognised(
    tmp_path: Path, separator: str, ending: str
) -> None:
    rows = [HEADER.split(","), ["Mira", "mira@example.com", "2024-02-01", "DE", ""]]
    path = tmp_path / "people.csv"
    path.write_bytes(ending.join(separator.join(row) for row in rows).encode())
    found = read_people(path)
    assert [person.start_on for person in found.people] == [date(2024, 2, 1)]
    assert found.problems == ()


def test_the_separator_line_of_excel_is_no_header(tmp_path: Path) -> None:
    found = read(tmp_path, "name;emails", "Mira;mira@example.com", header="sep=;")
    assert found.people[0].name == "Mira"
    assert {line for line, _ in named(found)} == {2}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_8_and_marked_utf_16_are_read(tmp_path: Path, encoding: str) -> None:
    found = read(tmp_path, "Zoë Müller-李,zoe@example.com,,,", encoding=encoding)
    assert found.people[0].name == "Zoë Müller-李"
    assert found.problems == ()


def test_big_endian_utf_16_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    text = f"{HEADER}\nZoë,zoe@example.com,,,\n"
    path.write_bytes(codecs.BOM_UTF16_BE + text.encode("utf-16-be"))
    assert read_people(path).people[0].name == "Zoë"


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_another_encoding_is_never_guessed_and_good_rows_load(
    tmp_path: Path, encoding: str
) -> None:
    found = read(
        tmp_path, "Bo,bo@example.com,,,", "José,jose@example.com,,,", encoding=encoding
    )
    assert [person.name for person in found.people] == ["Bo"]
    (problem,) = found.problems
    assert (problem.line, problem.part) == (3, "name")
    assert "byte 0xE9 is not UTF-8" in problem.message
    assert "'José'" in problem.message
    assert "CSV UTF-8" in problem.message


def test_utf_16_without_its_mark_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"people\.csv line 1 holds a zero byte") as caught:
        read(tmp_path, "Bo,bo@example.com,,,", encoding="utf-16-le")
    assert "UTF-8" in caught.value.hint


def test_a_twice_encoded_name_is_loaded_and_named(tmp_path: Path) -> None:
    found = read(tmp_path, "JosÃ©,jose@example.com,,,", "Z\ufffde,zoe@example.com,,,")
    assert len(found.people) == 2
    assert named(found) == [(2, "name"), (3, "name")]
    assert "looks like 'José'" in found.problems[0].message
    assert "has lost letters" in found.problems[1].message


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("03/04/2026", "write 2026-04-03 or 2026-03-04, whichever is meant"),
        ("25.12.2026", "write 2026-12-25"),
        ("04.04.2026", "write 2026-04-04"),
        ("31/02/2026", "is not a date; write year-month-day"),
        ("99/99/2026", "write year-month-day, for example 2026-03-04"),
        ("3/4/26", "write year-month-day"),
        ("46085", "looks like a spreadsheet's day number"),
        ("2026-02-30", "is not a day of the calendar"),
        ("9999-12-31", "does not lie between 1900-01-01 and 2199-12-31"),
        ("20260304", "write year-month-day"),
        ("soon", "'soon' is not a date"),
    ],
)
def test_a_date_of_another_form_says_how_to_write_it(
    tmp_path: Path, given: str, says: str
) -> None:
    found = read(tmp_path, f"Mira,mira@example.com,{given},,", "Bo,bo@example.com,,,")
    assert [person.name for person in found.people] == ["Bo"]
    assert named(found) == [(2, "start_on")]
    assert says in found.problems[0].message


def test_every_bad_cell_of_a_row_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, ",no-address,yesterday,Atlantis,x")
    assert found.people == ()
    assert [part for _, part in named(found)] == HEADER.split(",")
    assert "'Atlantis' is not a country" in found.problems[3].message


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '"Mira\nLund",mira@example.com,,,',
        "",
        ",,,,",
        "Bo,bo@example.com,1,,",
    )
    assert found.people[0].name == "Mira Lund"
    assert named(found) == [(6, "start_on")]


def test_other_line_separators_of_unicode_end_no_row(tmp_path: Path) -> None:
    found = read(
        tmp_path, 'Mira\x85Lund,mira@example.com,,,"', '"', "B\u2028o,bo@example.com,,,"
    )
    assert [person.name for person in found.people] == ["Mira Lund", "B o"]
    assert found.problems == ()


def test_a_quote_that_is_never_closed_costs_its_own_row_only(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        '"Mira,mira@example.com,,,',
        "Bo,bo@example.com,,,",
        '"Ida"x,ida@example.com,,,',
        "Kim,kim@example.com,,,",
    )
    assert [person.name for person in found.people] == ["Bo", "Kim"]
    assert named(found) == [(2, "row"), (4, "row")]
    assert "never closed" in found.problems[0].message


def test_a_quote_is_not_closed_by_one_far_below(tmp_path: Path) -> None:
    rows = [f"P{n},p{n}@example.com,,," for n in range(40)]
    found = read(tmp_path, '"Mira,mira@example.com,,,', *rows, 'Bo,"bo@example.com",,,')
    assert len(found.people) == 41
    assert named(found) == [(2, "row")]


def test_more_cells_than_columns_says_to_quote(tmp_path: Path) -> None:
    found = read(tmp_path, "Mira,a@x.org,b@x.org,2024-02-01,DE,2027-01-31", "Bo,bo@x.org,,,,,,")
    assert [person.name for person in found.people] == ["Bo"]
    assert "put a cell that holds separators in quotes" in found.problems[0].message


def test_an_address_where_a_date_belongs_says_to_quote_too(tmp_path: Path) -> None:
    found = read(tmp_path, "Mira,a@x.org,b@x.org,DE,")
    assert "separate addresses by ;" in found.problems[0].message


@pytest.mark.parametrize(
    "header",
    [
        "Full Name,E-Mail,Start Date,Country Code,Contract end",
        "NAME, Emails ,start-on,Country,Ends On",
        "employee,mail,hire_date,country,last day:",
    ],
)
def test_obvious_names_of_columns_are_understood(tmp_path: Path, header: str) -> None:
    found = read(tmp_path, "Mira,mira@example.com,2024-02-01,DE,2027-01-31", header=header)
    assert found.problems == ()
    assert found.people[0].ends_on == date(2027, 1, 31)


def test_unknown_second_and_missing_columns_are_named(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Mira,mira@example.com,44,m2@example.com,",
        header="name,email,shoe size,mail,",
    )
    assert found.people[0].emails == ("mira@example.com",)
    assert [problem.part for problem in found.problems] == [
        "shoe size",
        "mail",
        "start_on",
        "country",
        "ends_on",
    ]


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("Mira Lund,mira@example.com,2024-02-01,DE,", "no column name and no emails"),
        ("name,start_on", "no column emails"),
        ('"name,emails', "no column name and no emails"),
    ],
)
def test_a_header_without_names_or_addresses_is_refused(
    tmp_path: Path, header: str, says: str
) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read(tmp_path, header=header)
    assert HEADER in caught.value.hint


@pytest.mark.parametrize("content", [b"", b"\n\n", codecs.BOM_UTF8])
def test_a_file_without_a_line_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"people\.csv is empty"):
        read_people(path)


def test_the_same_address_twice_names_both_lines(tmp_path: Path) -> None:
    found = read(tmp_path, "Mira,mira@example.com,,,", "M. Lund,m@x.org;MIRA@example.com,,,")
    assert [person.name for person in found.people] == ["Mira"]
    assert "'mira@example.com' stands already on line 2" in found.problems[0].message


@pytest.mark.parametrize("cell", ["=1+1", "+49 30 1", "@SUM(A1)", "-2+3", "=cmd|' /C calc'!A0"])
@pytest.mark.parametrize("column", ["name", "role"])
def test_what_a_spreadsheet_would_run_is_refused(
    tmp_path: Path, cell: str, column: str
) -> None:
    row = {"name": "Mira", "emails": "mira@example.com", "role": "ML"} | {column: cell}
    found = read(tmp_path, ",".join(row.values()), header="name,emails,role")
    assert found.people == ()
    assert found.problems[-1].part == column
    assert "begins like a formula" in found.problems[-1].message


def test_control_and_direction_characters_are_dropped(tmp_path: Path) -> None:
    found = read(tmp_path, "Mi\x1b[31mra\u202e\u00a0 Lund\x07,mira@example.com,,,")
    assert found.people[0].name == "Mi [31mra Lund"


def test_a_contract_that_ends_before_it_starts_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, "Mira,mira@example.com,2024-02-01,,2023-02-01")
    assert found.people == ()
    assert "2023-02-01 lies before start_on 2024-02-01" in found.problems[0].message


def test_a_person_reports_to_one_address(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "Mira,mira@example.com,a@x.org;b@x.org",
        "Bo,bo@example.com,Lead@Example.com",
        header="name,emails,manager",
    )
    assert [person.lead for person in found.people] == ["lead@example.com"]
    assert "names 2 addresses; one is allowed" in found.problems[-1].message


def test_a_folder_is_no_people_file(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="Is a directory"):
        read_people(tmp_path)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(HEADER.encode() + b"\n" * 10_000_001)
    with pytest.raises(InputError, match="is larger than 10,000,000 bytes"):
        read_people(path)


NAMES = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
ADDRESSES = st.from_regex(r"[a-z0-9.]{1,8}@[a-z]{1,8}\.org", fullmatch=True)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    people=st.lists(
        st.builds(
            Person,
            name=st.lists(NAMES, min_size=1, max_size=3).map(" ".join),
            emails=st.lists(ADDRESSES, min_size=1, max_size=3, unique=True).map(tuple),
            start_on=st.none() | st.dates(FIRST_DAY, date(2020, 1, 1)),
            ends_on=st.none() | st.dates(date(2020, 1, 1), LAST_DAY),
            country=st.sampled_from(["", "DE", "DE-BE", "US"]),
        ),
        max_size=6,
        unique_by=lambda person: person.name,
    ),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_a_spreadsheet_writes_reads_back(
    tmp_path: Path, people: list[Person], separator: str, encoding: str
) -> None:
    taken = [address for person in people for address in person.emails]
    assume(len(taken) == len(set(taken)))
    path = tmp_path / "people.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(HEADER.split(","))
        for one in people:
            joined = (", ", "; ", " ")[len(one.name) % 3].join(one.emails)
            writer.writerow([one.name, joined, one.start_on, one.country, one.ends_on])
    assert read_people(path).people == tuple(people)


def test_a_problem_prints_with_its_place(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, "Mira,mira@example.com,soon,,").problems
    assert str(problem).startswith(f"{tmp_path / 'people.csv'} line 2, start_on: 'soon'")
