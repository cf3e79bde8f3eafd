"""The made-up team: eight people who report to Ines Marlow, and one who has left.

Every name is borrowed from the sea and every address ends in `harbour.example`, a
domain that cannot exist. Dates are relative to `today`, so that the demo stays fresh.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO

from dateutil.relativedelta import relativedelta

from leadline.practice.people import Person

DOMAIN = "harbour.example"
COLUMNS = ("name", "emails", "start_on", "country", "ends_on", "role", "level", "lead")
WEEKS_AS_LEAD = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """Everyone of the story, by the short name that the story's data uses.

    Attributes
    ----------
    lead : Person
        Whose workspace it is; not a row of the people file.
    lead_since : date
        The Monday on which she took the team over.
    members : dict of str to Person
        The rows of the people file.
    signatures : dict of str to tuple of Person
        What stands on someone's commits where it is not (only) the name and the first
        address of the people file: old addresses, a second machine, a bot.
    """

    lead: Person
    lead_since: date
    members: dict[str, Person]
    signatures: dict[str, tuple[Person, ...]]

    @property
    def committers(self) -> dict[str, Person]:
        """Everyone with a row in the people file, and the lead."""
        return {"ines": self.lead, **self.members}

    def signing(self, who: str) -> tuple[Person, ...]:
        """Return the name-and-address pairs that stand on someone's commits."""
        return self.signatures.get(who) or (self.committers[who],)


def monday(*, today: date, weeks: int = 0) -> date:
    """Return the Monday of today's week, or of the one `weeks` later."""
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def team(*, today: date) -> Team:
    """Return the team as it stands on a day."""
    lead = _person("Ines Marlow", "ines", country="DE")
    members = {
        "mira": _person(
            "Mira Tideway", "mira", "mira.tideway@lab.harbour.example", country="DE",
            start_on=monday(today=today, weeks=-212), role="data scientist", level="senior",
        ),
        "jonas": _person(
            "Jonas Klüver", "jonas", country="DE",
            start_on=monday(today=today, weeks=-171), role="ML engineer", level="senior",
        ),
        "carmen": _person(
            "Carmen Vela", "carmen", country="ES",
            start_on=monday(today=today, weeks=-136), role="data scientist", level="senior",
        ),
        "nuria": _person(
            "Núria Farol", "nuria", country="ES",
            start_on=monday(today=today, weeks=-112), role="data scientist", level="mid",
        ),
        "otto": _person(
            "Otto Ankermann", "otto", country="DE",
            start_on=monday(today=today, weeks=-84), role="ML engineer", level="mid",
        ),
        "piet": _fixed_term(today),
        "selma": _person(
            "Selma Brandung", "selma", country="DE",
            start_on=_halfway_next_week(today), role="ML engineer", level="mid",
        ),
        "luca": _person(
            "Luca Boya", "luca", country="ES",
            start_on=monday(today=today, weeks=-3), role="data scientist", level="junior",
        ),
        "rafael": _person(
            "Rafael Quilla", "rafael", country="ES",
            start_on=monday(today=today, weeks=-190), role="data scientist", level="senior",
            ends_on=monday(today=today - relativedelta(months=2)) + timedelta(days=4),
        ),
    }  # fmt: skip
    return Team(
        lead=lead,
        lead_since=monday(today=today, weeks=-WEEKS_AS_LEAD),
        members=members,
        signatures=_signatures(members),
    )


def people_csv(team: Team) -> str:
    """Return the people file: the five columns that are needed, and three that help."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for person in team.members.values():
        writer.writerow(
            [
                person.name,
                "; ".join(person.emails),
                person.start_on,
                person.country,
                person.ends_on,
                person.role,
                person.level,
                team.lead.key,
            ]
        )
    return text.getvalue()


def _person(
    name: str,
    mailbox: str,
    *more_emails: str,
    country: str,
    start_on: date | None = None,
    ends_on: date | None = None,
    role: str = "",
    level: str = "",
) -> Person:
    return Person(
        name=name,
        emails=(f"{mailbox}@{DOMAIN}", *more_emails),
        start_on=start_on,
        country=country,
        ends_on=ends_on,
        role=role,
        level=level,
    )


def _fixed_term(today: date) -> Person:
    """Return Piet, whose two years end on a Friday about five weeks from now."""
    ends_on = monday(today=today, weeks=5) + timedelta(days=4)
    return _person(
        "Piet Halyard", "piet", country="DE",
        start_on=monday(today=ends_on - relativedelta(years=2), weeks=1), ends_on=ends_on,
        role="data scientist", level="mid",
    )  # fmt: skip


def _halfway_next_week(today: date) -> date:
    """Return a Monday such that three months after it lie 6 to 14 days from now."""
    around = today + timedelta(days=7) - relativedelta(months=3)
    return around + timedelta(days=-around.weekday() % 7)


def _signatures(members: dict[str, Person]) -> dict[str, tuple[Person, ...]]:
    mira, jonas = members["mira"], members["jonas"]
    return {
        # two addresses; the people file knows both
        "mira": (
            mira,
            Person(name="Mira Tideway", emails=("mira.tideway@lab.harbour.example",)),
        ),
        # a second machine that no file knows: to be suggested, and confirmed by someone
        "jonas": (
            jonas,
            Person(name="jonas", emails=("jonas@laptop.harbour.example",)),
        ),
        "bot": (
            Person(
                name="harbour-updates[bot]",
                emails=("41+harbour-updates[bot]@users.harbour.example",),
            ),
        ),
    }
