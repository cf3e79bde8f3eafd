"""Everybody on the roster, as rules of practice know them."""

from __future__ import annotations

from collections import defaultdict

from leadline.practice.people import Person
from leadline.records import models
from leadline.records.kept_work import read_once
from leadline.records.models.people import LISTED, facts_from


@read_once
def roster() -> tuple[Person, ...]:
    """Return everybody who stands in the people file, corrections included, by name.

    Every page asks who is looking, so plain columns are read here, and no model is made.
    """
    corrections: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for pk, field, value in models.Correction.objects.values_list("person", "field", "value"):
        corrections[pk].append((field, value))
    rows = models.Person.objects.filter(withdrawn_at=None).values_list("pk", *LISTED)
    return tuple(
        facts_from(dict(zip(LISTED, listed, strict=True)), corrections[pk])
        for pk, *listed in rows
    )
