"""Who the lead is, and who reports to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from leadline.practice.people import Person


def lead_addresses(people: Sequence[Person], *, lead: Collection[str]) -> frozenset[str]:
    """Return every address of the lead, with those of their own row in the people file."""
    given = frozenset(address.strip().lower() for address in lead) - {""}
    rows = (person.emails for person in people if given & set(person.emails))
    return given.union(*rows)


def direct_reports(
    people: Sequence[Person], *, lead: Collection[str], on: date | None = None
) -> tuple[Person, ...]:
    """Return those who report to the lead, in the order of the people file.

    Parameters
    ----------
    people : sequence of Person
        The people file; the lead may stand in it.
    lead : collection of str
        Addresses of the lead.
    on : date, optional
        Only those who are here that day; without it, all who ever were.

    Returns
    -------
    tuple of Person
        A person with an empty `lead` reports to the workspace's lead.
    """
    addresses = lead_addresses(people, lead=lead)
    return tuple(
        person
        for person in people
        if addresses.isdisjoint(person.emails)
        and (not person.lead or person.lead.lower() in addresses)
        and (on is None or person.is_here(on=on))
    )
