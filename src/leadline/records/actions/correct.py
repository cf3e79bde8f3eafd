"""Correcting what is held about a person, where the source cannot be edited by them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from leadline.errors import InputError
from leadline.practice.dates import FIRST_DAY, LAST_DAY, can_be_used
from leadline.records.actions.metering import note_typing
from leadline.records.models import Correction
from leadline.records.queries.mine import find_person


@transaction.atomic
def correct(
    address: str,
    *,
    field: str,
    value: str,
    at: datetime,
    names: Mapping[str, str] | None = None,
) -> Correction:
    """Keep a correction of one fact; it wins over the people file from now on.

    Parameters
    ----------
    address : str
        Any address of the person.
    field : str
        One of `Correction.Field`.
    value : str
        What is right; dates as YYYY-MM-DD; empty for "not known".
    at : datetime
        When it was said.
    names : mapping from address to name, optional
        How everybody is called. Nobody takes the name of somebody else: pages say whose
        word something is by that name.

    Raises
    ------
    InputError
        Nobody has that address, the field is no fact of the roster, a date is none, or a
        name is somebody else's.
    """
    person = find_person(address)
    if person is None:
        raise InputError(
            f"nobody on the roster has the address {address!r}",
            hint="`leadline people` lists everybody with their addresses.",
        )
    if field not in Correction.Field.values:
        allowed = ", ".join(Correction.Field.values)
        raise InputError(f"{field!r} cannot be corrected", hint=f"These can: {allowed}.")
    if field == Correction.Field.NAME and not value.strip():
        raise InputError("a name cannot be empty")
    if field == Correction.Field.NAME:
        others = (name for key, name in (names or {}).items() if key not in person.emails)
        if _as_read(value) in map(_as_read, others):
            raise InputError(
                f"somebody else here is called {value.strip()!r}",
                hint="Add what tells you apart, such as a middle name.",
            )
    if field.endswith("_on") and value:
        _check_day(field, value)
    note_typing("mine", value, on=at.date())
    return Correction.objects.create(person=person, field=field, value=value.strip(), at=at)


def _check_day(field: str, value: str) -> None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        raise InputError(f"{field} needs a day such as 2026-11-23, got {value!r}") from None
    if not can_be_used(found):
        raise InputError(f"{field} needs a day from {FIRST_DAY} to {LAST_DAY}, got {value!r}")


def _as_read(name: str) -> str:
    """Return a name without what no reader tells apart: width, capitals, marks, spaces."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return " ".join("".join(one for one in plain if not unicodedata.combining(one)).split())
