"""Kinds by attendees and by words; each case is decided by hand."""

from __future__ import annotations

from typing import Any

import pytest

from leadline.practice.kinds import KindRule, first_word, kind_of, named_in
from leadline.practice.people import Person

MIRA = Person(name="Mira Lund", emails=("mira@example.com", "mira@old.example.com"))
BO = Person(name="Bo Adeyemi", emails=("bo@example.com",))


def tell(title: str, *attendees: str, **changes: Any) -> tuple[str, str, str]:
    given: dict[str, Any] = {
        "title": title,
        "attendees": attendees,
        "names_attendees": bool(attendees),
        "includes_lead": bool(attendees),
        "all_day": False,
        "reports": [MIRA, BO],
    }
    kind = kind_of(**(given | changes))
    return kind.name, kind.report, kind.reason


def test_exactly_the_lead_and_one_report_is_a_one_on_one_whatever_its_title() -> None:
    expected = ("one-on-one", "mira@example.com", "attendees")
    assert tell("Stand-up", "mira@old.example.com") == expected
    assert tell("", "mira@example.com", "mira@old.example.com") == expected


@pytest.mark.parametrize(
    ("attendees", "changes"),
    [
        (("mira@example.com", "bo@example.com"), {}),
        (("mira@example.com", "guest@example.org"), {}),
        (("guest@example.org",), {}),
        (("mira@example.com",), {"all_day": True}),
        (("mira@example.com",), {"includes_lead": False}),
        ((), {"names_attendees": True, "includes_lead": True}),
    ],
)
def test_anyone_more_or_fewer_is_none(
    attendees: tuple[str, ...], changes: dict[str, Any]
) -> None:
    assert tell("1:1 Mira", *attendees, **changes)[0] != "one-on-one"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("1:1 Mira / Alex", ("one-on-one", "mira@example.com", "title: 1:1")),
        ("Bo Adeyemi catch-up", ("one-on-one", "bo@example.com", "title: catch up")),
        ("Mira <> Alex", ("one-on-one", "mira@example.com", "title: <>")),
        ("1:1 Mira and Bo", ("other", "", "")),
        ("1:1", ("other", "", "")),
        ("Miranda 1:1", ("other", "", "")),
    ],
)
def test_a_title_helps_only_where_nobody_is_named(
    title: str, expected: tuple[str, str, str]
) -> None:
    assert tell(title) == expected


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Interview: data scientist", "hiring"),
        ("Debrief candidate", "hiring"),
        ("Focus time", "focus"),
        ("DAILY STANDUP", "status"),
        ("Team stand-up", "status"),
        ("Sprint planning", "project"),
        ("Ranking project review", "project"),
        ("Lunch", "other"),
        ("Synchrotron visit", "other"),
        ("", "other"),
    ],
)
def test_words_in_the_title_tell_the_other_kinds(title: str, kind: str) -> None:
    assert tell(title, "a@example.org", "b@example.org")[0] == kind


def test_the_leads_own_rules_replace_the_defaults_in_their_order() -> None:
    rules = [
        KindRule(kind="board", words=("board*", "status")),
        KindRule(kind="status", words=("status",)),
        KindRule(kind="nothing", words=("*", " ")),
    ]
    assert tell("Boardroom", rules=rules) == ("board", "", "title: board*")
    assert tell("status", rules=rules)[0] == "board"
    assert tell("Interview", rules=rules)[0] == "other"


def test_a_word_is_a_whole_word_and_never_a_pattern() -> None:
    assert first_word("a.b meeting", ("a.b",)) == "a.b"
    assert first_word("axb meeting", ("a.b",)) == ""
    assert first_word("(((", ("(((", "x")) == "((("


def test_a_full_name_settles_who_of_two_with_one_first_name() -> None:
    other = Person(name="Mira Okafor", emails=("okafor@example.com",))
    assert named_in("Mira Okafor 1:1", [MIRA, other]) == (other,)
    assert named_in("Mira 1:1", [MIRA, other]) == (MIRA, other)
