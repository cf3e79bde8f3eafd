"""The roster with its history. Dates and names; nothing here measures a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from django.db import models

from leadline.practice import people


class Person(models.Model):
    """One person of the people file, as it stood when last read."""

    key = models.EmailField(unique=True, help_text="The first address of the people file.")
    name = models.CharField(max_length=200)
    emails = models.JSONField(default=list)
    start_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    country = models.CharField(max_length=10, blank=True)
    role = models.CharField(max_length=100, blank=True)
    level = models.CharField(max_length=100, blank=True)
    lead = models.EmailField(blank=True)
    probation_ends_on = models.DateField(null=True)
    place = models.TextField(help_text="Where it stands: file and line.")
    read_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, help_text="No longer in the people file.")

    class Meta:
        ordering = ("name", "key")

    def __str__(self) -> str:
        return self.name

    def facts(self) -> people.Person:
        """Return what rules of practice need to know, corrections included."""
        listed = {field: getattr(self, field) for field in LISTED}
        corrections = ((one.field, one.value) for one in self.corrections.all())
        return facts_from(listed, corrections)


LISTED = tuple(field.name for field in fields(people.Person))
"""What the people file says of somebody."""


def facts_from(
    listed: Mapping[str, Any], corrections: Iterable[tuple[str, str]]
) -> people.Person:
    """Return somebody as rules of practice know them.

    Parameters
    ----------
    listed : mapping
        The columns of `LISTED`.
    corrections : iterable of (field, value)
        Theirs, in the order in which they were made.
    """
    corrected = {field: _typed(field, value) for field, value in corrections}
    return people.Person(**{**listed, "emails": tuple(listed["emails"]), **corrected})


class RosterChange(models.Model):
    """One field of one person that the people file changed: who was what, until when."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="changes")
    field = models.CharField(max_length=30)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    noticed_at = models.DateTimeField()
    place = models.TextField()

    class Meta:
        ordering = ("noticed_at", "pk")

    def __str__(self) -> str:
        return f"{self.person}: {self.field} {self.before!r} → {self.after!r}"


class Correction(models.Model):
    """What a person says is right about them; it wins over the people file.

    The newest correction of a field counts; an empty value means "not known".
    """

    class Field(models.TextChoices):
        """The facts that a person can correct."""

        NAME = "name"
        START_ON = "start_on"
        ENDS_ON = "ends_on"
        COUNTRY = "country"
        ROLE = "role"
        LEVEL = "level"
        PROBATION_ENDS_ON = "probation_ends_on"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=30, choices=Field.choices)
    value = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.person}: {self.field} is {self.value!r}"


def _typed(field: str, value: str) -> str | date | None:
    """Return a corrected value as the roster's field holds it: dates are dates."""
    if not field.endswith("_on"):
        return value
    return date.fromisoformat(value) if value else None


class Erasure(models.Model):
    """Somebody's records were purged: what sources say of them is left out from then on.

    Only a hash of each address is kept, to recognise it in a source: whoever knows the
    address can tell that it was purged, nobody can read it out.
    """

    address_hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return f"purged on {self.at:%Y-%m-%d}"
