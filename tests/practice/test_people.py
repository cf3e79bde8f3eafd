"""Who is here on a day; the last day itself still counts."""

from __future__ import annotations

from datetime import date

from leadline.practice.people import Person

MIRA = Person(
    name="Mira Lund",
    emails=("mira@example.com", "m@example.com"),
    start_on=date(2026, 2, 2),
    ends_on=date(2026, 3, 31),
)


def test_the_first_address_is_the_key() -> None:
    assert MIRA.key == "mira@example.com"


def test_a_person_is_here_from_the_first_to_the_last_day() -> None:
    days = [date(2026, 2, 1), date(2026, 2, 2), date(2026, 3, 31), date(2026, 4, 1)]
    assert [MIRA.is_here(on=day) for day in days] == [False, True, True, False]
    assert [MIRA.has_left(on=day) for day in days] == [False, False, False, True]


def test_unknown_dates_count_as_here() -> None:
    person = Person(name="Bo", emails=("bo@example.com",))
    assert person.is_here(on=date(1990, 1, 1))
    assert not person.has_left(on=date(2100, 1, 1))
