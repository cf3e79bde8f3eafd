"""A small made-up team for tests of records about people."""

from __future__ import annotations

from datetime import UTC, date, datetime

from leadline.practice.people import Person
from leadline.records.actions.roster import RosterRow, store_roster

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
INES = "ines@harbour.example"
MIRA = "mira@harbour.example"
LUCA = "luca@harbour.example"
TEAM = tuple(f"{name}@harbour.example" for name in ("mira", "luca", "otto", "piet", "nuria"))


def roster() -> None:
    """Store five people who report to Ines."""
    rows = [
        RosterRow(
            person=Person(
                name=address.partition("@")[0].title(),
                emails=(address,),
                start_on=date(2026, 9, 1),
                country="DE",
            ),
            place="people.csv line 2",
        )
        for address in TEAM
    ]
    store_roster(rows, at=NOW)
