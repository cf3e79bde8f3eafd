"""Who the lead is and who reports to them."""

from __future__ import annotations

from datetime import date

from leadline.practice.people import Person
from leadline.practice.roster import direct_reports, lead_addresses

LEAD = Person(name="Alex", emails=("alex@example.com", "alex@old.example.com"))
MIRA = Person(name="Mira", emails=("mira@example.com",))
BO = Person(name="Bo", emails=("bo@example.com",), lead="Alex@Old.example.com")
IDA = Person(name="Ida", emails=("ida@example.com",), lead="mira@example.com")
KIM = Person(name="Kim", emails=("kim@example.com",), ends_on=date(2026, 1, 31))
PEOPLE = (LEAD, MIRA, BO, IDA, KIM)


def test_the_leads_own_row_adds_their_other_addresses() -> None:
    assert lead_addresses(PEOPLE, lead=[" Alex@Example.com ", ""]) == {
        "alex@example.com",
        "alex@old.example.com",
    }


def test_reports_are_those_who_name_the_lead_or_nobody() -> None:
    assert direct_reports(PEOPLE, lead=["alex@example.com"]) == (MIRA, BO, KIM)


def test_reports_of_a_day_are_those_who_are_here() -> None:
    assert direct_reports(PEOPLE, lead=["alex@example.com"], on=date(2026, 2, 1)) == (MIRA, BO)
