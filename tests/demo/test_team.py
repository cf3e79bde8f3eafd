"""Oracles: counting days by hand, and the same facts on many other days."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from leadline.demo.team import COLUMNS, Team, people_csv, team

DAYS = [date(2024, 2, 26) + timedelta(days=day) for day in range(0, 1100, 17)]
"""All weekdays, a leap day, three turns of the year, both changes of the clock."""


@pytest.mark.parametrize("today", DAYS)
def test_the_story_is_the_same_whatever_the_day(today: date) -> None:
    people = team(today=today)
    here = [person for person in people.members.values() if person.is_here(on=today)]

    assert len(here) == 8
    assert {person.country for person in here} == {"DE", "ES"}
    assert 21 <= (today - _start(people, "luca")).days <= 27
    assert 33 <= (_end(people, "piet") - today).days <= 39
    assert 52 <= (today - _end(people, "rafael")).days <= 66
    assert 49 <= (today - people.lead_since).days <= 55
    assert people.members["rafael"].has_left(on=today)


@pytest.mark.parametrize("today", DAYS)
def test_the_middle_of_a_probation_lies_within_two_weeks(today: date) -> None:
    # Six months in Germany: the middle is the same day three months after the start.
    start = _start(team(today=today), "selma")
    later = start.month + 3
    month = date(start.year + (later > 12), (later - 1) % 12 + 1, 1)
    middle = month + timedelta(days=start.day - 1)
    assert start.weekday() == 0
    assert 3 <= (middle - today).days <= 17


@pytest.mark.parametrize("today", DAYS)
def test_nobody_starts_on_a_weekend_or_after_their_end(today: date) -> None:
    for person in team(today=today).members.values():
        assert person.start_on is not None
        assert person.start_on.weekday() < 5
        assert person.ends_on is None or person.start_on < person.ends_on


def test_a_fixed_term_stays_within_the_two_years_that_german_law_allows() -> None:
    # § 14 (2) TzBfG: two years without a reason.
    for today in DAYS:
        people = team(today=today)
        assert (_end(people, "piet") - _start(people, "piet")).days <= 730


def test_the_people_file_is_read_back_by_csv(workspace: Path) -> None:
    with (workspace / "people.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 9
    mira = next(row for row in rows if row["name"] == "Mira Tideway")
    assert mira["emails"] == "mira@harbour.example; mira.tideway@lab.harbour.example"
    assert {row["lead"] for row in rows} == {"ines@harbour.example"}
    assert [row["name"] for row in rows if row["ends_on"]] == [
        "Piet Halyard",
        "Rafael Quilla",
    ]


def test_every_address_is_in_a_domain_that_cannot_exist() -> None:
    # RFC 2606: .example is reserved.
    text = people_csv(team(today=DAYS[0]))
    addresses = [word for word in text.replace(",", " ").split() if "@" in word]
    assert len(addresses) == 19
    assert all(address.rstrip(";").endswith("harbour.example") for address in addresses)


def _start(people: Team, who: str) -> date:
    start = people.members[who].start_on
    assert start is not None
    return start


def _end(people: Team, who: str) -> date:
    end = people.members[who].ends_on
    assert end is not None
    return end
