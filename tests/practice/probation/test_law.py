"""The rows themselves: their form, their completeness, and what the reader refuses."""

from __future__ import annotations

import itertools
import json
import re
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from leadline.errors import InputError
from leadline.practice.probation import AskHR, Contract, load_law, probation_dates
from leadline.practice.probation.law_file import parse_law

PACKAGE = files("leadline.practice.probation")
TEXT = PACKAGE.joinpath("law.toml").read_text(encoding="utf-8")
SCHEMA = json.loads(PACKAGE.joinpath("law.schema.json").read_text(encoding="utf-8"))
RULES = load_law().rules

# The countries of the survey (methods, "Probation law, as facts").
SURVEYED = re.findall(
    r"\S+",
    """
    DE ES FR NL PL PT IT GB IE SE NO DK FI IS AT CH BE CZ SK HU TR RO GR BG EE CY UA BR AR MX
    CO CL PE US CA-ON NZ AU IN ZA AE SA SG JP CN PH VN KE IL
    """,
)
FROM_MEMORY = ["CA-ON", "CL", "HU", "IL", "KE", "NZ", "PE", "SK", "TR", "US", "VN"]


def test_the_packaged_rows_keep_to_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(tomllib.loads(TEXT), SCHEMA)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"enabled": True, "tag": "M"}, "tag"),
        ({"tag": "V3"}, "tag"),
        ({"colour": "red"}, "colour"),
        ({"periods": [{"length": "six months"}]}, "six months"),
        ({"periods": [{"length": "6 months", "none": True}]}, "valid under each"),
        ({"absence": {"counts": "fortnights"}}, "fortnights"),
    ],
)
def test_the_schema_refuses_what_the_engine_could_not_use(
    change: dict[str, object], path: str
) -> None:
    row = next(row for row in tomllib.loads(TEXT)["rule"] if row["id"] == "DE")
    with pytest.raises(jsonschema.ValidationError, match=path):
        jsonschema.validate({"rule": [row | change]}, SCHEMA)


def test_every_surveyed_country_has_a_row() -> None:
    assert {rule.country for rule in RULES} == set(SURVEYED)
    assert len(SURVEYED) == 48


@pytest.mark.parametrize("country", FROM_MEMORY)
def test_a_row_from_memory_is_switched_off_and_asks(country: str) -> None:
    answer = probation_dates(
        country=country,
        start_on=date(2026, 1, 1),
        contract=Contract(role="professional", employer_size=100, kind="permanent"),
    )
    assert isinstance(answer, AskHR)
    assert "from memory" in answer.reason
    assert answer.questions[0].endswith("?")
    assert answer.candidates == ()


def test_only_rows_from_memory_are_switched_off() -> None:
    assert sorted(rule.country for rule in RULES if not rule.enabled) == FROM_MEMORY


def test_versions_of_a_country_neither_overlap_nor_leave_gaps() -> None:
    law = load_law()
    for country in {rule.country for rule in RULES}:
        rows = law.of(country)
        for older, newer in itertools.pairwise(rows):
            assert older.valid_until == newer.valid_from, country
        assert rows[-1].valid_until == date.max


def test_every_enabled_row_names_statute_source_and_day() -> None:
    for rule in RULES:
        assert rule.statute, rule.id
        assert rule.source, rule.id
        assert rule.summary, rule.id
        assert (rule.checked_on is not None) == rule.enabled, rule.id


def test_no_row_invents_an_address() -> None:
    assert "http" not in TEXT


def row(**changes: object) -> str:
    lines = {
        "id": '"XX"',
        "country": '"XX"',
        "name": '"Nowhere"',
        "basis": '"statute"',
        "tag": '"V"',
        "enabled": "true",
        "statute": '"Act 1"',
        "source": '"by hand"',
        "checked_on": "2026-11-23",
        "summary": '"two months"',
        "periods": '[{ length = "2 months" }]',
    } | changes
    return "[[rule]]\n" + "\n".join(f"{key} = {value}" for key, value in lines.items())


def test_a_file_of_ones_own_replaces_the_rows_of_its_countries(tmp_path: Path) -> None:
    own = tmp_path / "probation.toml"
    own.write_text(row(id='"SK"', country='"SK"'), encoding="utf-8")
    law = load_law(own)
    answer = probation_dates(country="SK", start_on=date(2026, 1, 1), law=law)
    assert not isinstance(answer, AskHR)
    assert answer.ends_on == date(2026, 2, 28)
    assert law.of("DE") == load_law().of("DE")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rule", "not valid TOML"),
        (row(colour='"red"'), r"row 1 \(XX\): unknown key 'colour'"),
        (row(tag='"V3"'), "tag is 'V3'; allowed is V or V2 or M"),
        (row(enabled='"yes"'), "enabled is 'yes'; allowed is a bool"),
        (row(checked_on='"today"'), "checked_on is 'today'; allowed is a date"),
        (row(periods='[{ length = "2 moons" }]'), "periods 1: length is '2 moons'"),
        (row(periods='[{ kind = "fixed-term" }]'), "`none = true`"),
        (row(notice='[{ after = "1 month" }]'), "notice 1: length is None"),
        (row(absence='{ counts = "moons" }'), "counts is 'moons'"),
        (row(id="7"), "id is 7; allowed is a str"),
        (row() + "\n" + row(), "'XX' stands twice"),
    ],
)
def test_a_mistake_in_a_row_is_named(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_law(text, name="own.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.toml cannot be read"):
        load_law(tmp_path / "missing.toml")
    latin = tmp_path / "latin.toml"
    latin.write_bytes("name = 'Größe'".encode("latin-1"))
    with pytest.raises(InputError, match="cannot be read"):
        load_law(latin)


def test_the_wheel_carries_the_data() -> None:
    # hatchling packs every file below the package; nothing excludes these.
    for package, name in (
        ("leadline.practice.probation", "law.toml"),
        ("leadline.practice.probation", "law.schema.json"),
        ("leadline.practice.onboarding", "default.toml"),
    ):
        assert files(package).joinpath(name).is_file()


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "forever"},
        {"role": "wizard"},
        {"next_contract": "soon"},
        {"agreed_months": 0},
        {"agreed_notice_days": -1},
        {"employer_size": 0},
    ],
)
def test_a_contract_says_what_is_allowed(values: dict[str, object]) -> None:
    with pytest.raises(InputError, match=next(iter(values))):
        Contract(**values)
