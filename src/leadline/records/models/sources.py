"""What is read: sources, and how each reading of them went."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models


class Source(models.Model):
    """One place that facts come from: a people file, a calendar, a repository."""

    class Kind(models.TextChoices):
        """The connectors there are."""

        PEOPLE = "people file"
        CALENDAR = "calendar"
        GIT = "git"
        EXPERIMENTS = "experiments"
        DIAGNOSIS = "diagnosis"
        WATCH = "predictions"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=200)
    place = models.TextField(help_text="A path or URL, without any password.")

    class Meta:
        ordering = ("kind", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "name"), name="one_source_per_kind_and_name"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Reading(models.Model):
    """One attempt to read a source: what came of it, in words."""

    class Outcome(models.TextChoices):
        """How it ended; a reading that was killed stays at STARTED."""

        STARTED = "started"
        READ = "read"
        FAILED = "failed"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="readings")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.STARTED)
    summary = models.TextField(blank=True, help_text="What was read, or why it failed.")
    notes = models.JSONField(default=list, help_text="What could not be read or known.")

    class Meta:
        get_latest_by = "started_at"
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        return f"{self.source}: {self.outcome}"


class Snapshot(models.Model):
    """The facts of the last good reading of a source, as that source gave them.

    A copy, not a record: it is replaced as a whole, and reading again makes it anew.
    """

    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="snapshot")
    facts = models.TextField(help_text="JSON of the frozen dataclasses in leadline.practice.")
    digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the facts: the same facts, read once."
    )

    def __str__(self) -> str:
        return f"facts of {self.source}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the facts with their digest."""
        self.digest = hashlib.sha256(self.facts.encode()).hexdigest()
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "digest"}
        super().save(*args, **kwargs)
