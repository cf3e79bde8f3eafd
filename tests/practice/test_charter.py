"""A charter is read, written and refused with what is allowed."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.errors import InputError
from leadline.practice.charter import LONGEST, MEANING, Charter, charter_text, read_charter

printable = st.text(
    st.characters(exclude_categories=["Cs", "Z"], exclude_characters="\x85"), max_size=60
)


@given(st.fixed_dictionaries(dict.fromkeys(MEANING, printable)))
def test_a_charter_that_is_written_is_read_as_it_was(said: dict[str, str]) -> None:
    charter = Charter(**{key: " ".join(line.split()) for key, line in said.items()})
    text = charter_text(charter)
    assert read_charter(text) == charter
    assert set(tomllib.loads(text)) == set(MEANING)  # the standard library is the oracle


def test_what_is_missing_is_named_in_order() -> None:
    assert Charter(user="buyers", metric="contacts").missing == (
        "decision", "today", "worthwhile", "must_not",
    )  # fmt: skip
    assert read_charter("").missing == tuple(MEANING)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("user = ", "not valid TOML"),
        ('owner = "x"', "unknown key 'owner'"),
        ("user = 3", "user needs text"),
        (f'user = "{"x" * (LONGEST + 1)}"', "user needs text of at most 400"),
    ],
)
def test_a_charter_that_cannot_be_read_says_why(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_charter(text)


def test_a_line_that_is_too_long_is_not_written() -> None:
    with pytest.raises(InputError, match="user has 401 characters"):
        charter_text(Charter(user="x" * 401))


def test_a_control_character_is_escaped() -> None:
    assert 'user = "a\\u007fb"' in charter_text(Charter(user="a\x7fb"))
