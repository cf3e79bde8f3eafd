"""The roster follows the people file and keeps its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from leadline.errors import InputError
from leadline.practice.people import Person as Facts
from leadline.records.actions.correct import correct
from leadline.records.actions.roster import RosterRow, store_roster
from leadline.records.models import Correction, Person, RosterChange, TypedInput
from tests.records.conftest import NOW

pytestmark = pytest.mark.django_db

MIRA = Facts(
    name="Mira Sand",
    emails=("mira@harbour.example", "mira@home.example"),
    start_on=date(2026, 9, 1),
    country="DE",
    level="junior",
)
TOM = Facts(name="Tom Reef", emails=("tom@harbour.example",))


def store(*people: Facts, days: int = 0) -> None:
    rows = [RosterRow(person=person, place="people.csv") for person in people]
    store_roster(rows, at=NOW + timedelta(days=days))


def test_what_is_stored_reads_back_as_the_same_facts() -> None:
    store(MIRA, TOM)
    assert [row.facts() for row in Person.objects.all()] == [MIRA, TOM]
    assert not RosterChange.objects.exists()


def test_a_changed_field_leaves_its_history() -> None:
    store(MIRA)
    store(replace(MIRA, level="senior"), days=1)
    change = RosterChange.objects.get()
    assert (change.field, change.before, change.after) == ("level", "junior", "senior")
    assert change.noticed_at == NOW + timedelta(days=1)
    assert str(change) == "Mira Sand: level 'junior' → 'senior'"


def test_somebody_who_changes_their_first_address_is_still_the_same_person() -> None:
    store(MIRA)
    store(replace(MIRA, emails=("mira@home.example", "m.sand@harbour.example")), days=1)
    person = Person.objects.get()
    assert person.key == "mira@home.example"


def test_who_is_gone_from_the_file_is_withdrawn_and_may_come_back() -> None:
    store(MIRA, TOM)
    store(MIRA, days=1)
    assert Person.objects.get(withdrawn_at=None).name == "Mira Sand"
    store(MIRA, TOM, days=2)
    assert Person.objects.filter(withdrawn_at=None).count() == 2
    words = [(change.before, change.after) for change in RosterChange.objects.all()]
    assert words == [("listed", "gone"), ("gone", "listed")]


def test_a_correction_wins_over_the_file_and_the_newest_counts() -> None:
    store(MIRA)
    address = "mira@home.example"
    correct(address, field="start_on", value="2026-08-01", at=NOW)
    correct(address, field="start_on", value="2026-08-15", at=NOW + timedelta(hours=1))
    correct(address, field="level", value="", at=NOW)
    facts = Person.objects.get().facts()
    assert facts.start_on == date(2026, 8, 15)
    assert facts.level == ""
    assert TypedInput.objects.count() == 2  # an empty value costs no typing


def test_a_date_can_be_corrected_to_not_known() -> None:
    store(MIRA)
    kept = correct("mira@harbour.example", field="start_on", value="", at=NOW)
    assert Person.objects.get().facts().start_on is None
    assert str(kept) == "Mira Sand: start_on is ''"


@pytest.mark.parametrize(
    ("address", "field", "value", "complaint"),
    [
        ("nobody@harbour.example", "level", "x", "nobody on the roster"),
        ("mira@harbour.example", "salary", "x", "These can: name, start_on"),
        ("mira@harbour.example", "name", " ", "a name cannot be empty"),
        ("mira@harbour.example", "ends_on", "31.12.2026", "needs a day such as"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    address: str, field: str, value: str, complaint: str
) -> None:
    store(MIRA)
    with pytest.raises(InputError) as caught:
        correct(address, field=field, value=value, at=NOW)
    assert complaint in str(caught.value)
    assert not Correction.objects.exists()
