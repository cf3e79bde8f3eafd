"""Forgetting a person in the records that were written here."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Model, Q, TextField

from leadline.practice.keeping import Stays, kept_for_claims
from leadline.practice.probation.record import Outcome
from leadline.records.models import ProbationOutcome
from leadline.records.personal import KINDS, Kind
from leadline.records.queries.mentions import mentions, without_mentions

CLAIMED = ("address", "outcome", "day it was told", "reasons", "day of deletion")
"""What is kept of a probation that ended a contract."""


def forget_records(
    addresses: Collection[str], name: str, *, country: str = "", today: date
) -> tuple[Stays, ...]:
    """Delete what is about a person or was theirs alone; elsewhere, take their name out.

    Parameters
    ----------
    addresses : collection of str
        Every address of the person.
    name : str
        Their name as texts write it; empty where it is not known.
    country : str
        Where they work, as two letters; empty where it is not known.
    today : date
        The day of the purge.

    Returns
    -------
    tuple of Stays
        What is kept for claims that may still be brought to court, and until when.
    """
    mine = sorted(addresses)
    claims = ProbationOutcome.objects.filter(
        about__in=mine, outcome=Outcome.ENDED, purge_on__gte=today
    )
    kept = tuple(
        kept_for_claims(
            f"that a probation ended, told on {row.told_on}",
            fields=CLAIMED, country=country, until=row.purge_on,
        )
        for row in claims
    )  # fmt: skip
    kept_rows = set(claims.values_list("pk", flat=True))
    for kind in KINDS:
        rows = kind.rows()
        if kind.model is ProbationOutcome:
            rows = rows.exclude(pk__in=kept_rows)
        gone = kind.is_about(mine)
        if kind.alone is not None:
            gone |= kind.alone & Q(author__in=mine)
        rows.filter(pk__in=rows.filter(gone).values("pk")).delete()
        _empty_columns(kind, mine)
    words = (*addresses, name)
    for kind in KINDS:
        for row in kind.rows().iterator():
            _take_out(row, words)
    return kept


def _empty_columns(kind: Kind, mine: list[str]) -> None:
    """Take a person's address out of who wrote, owns or takes over what is not about them."""
    names = {field.name for field in kind.model._meta.concrete_fields}  # noqa: SLF001
    for column in names.intersection(kind.authors):
        field = kind.model._meta.get_field(column)  # noqa: SLF001
        rows = kind.rows().filter(**{f"{column}__in": mine})
        if getattr(field, "blank", False):
            rows.update(**{column: ""})
        else:
            rows.delete()


def _take_out(row: Model, words: Collection[str]) -> None:
    """Replace a person's name in what others wrote, sealed text included."""
    changed = {}
    for field in row._meta.concrete_fields:  # noqa: SLF001
        value: Any = getattr(row, field.name) if isinstance(field, TextField) else None
        if value and mentions(value, words):
            changed[field.name] = without_mentions(value, words)
    if changed:
        type(row)._default_manager.filter(pk=row.pk).update(**changed)  # noqa: SLF001
