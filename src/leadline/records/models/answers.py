"""What people confirmed: who is who in git, and that a project's brief is right."""

from __future__ import annotations

from django.db import models


class IdentityDecision(models.Model):
    """Somebody said whether two addresses on commits are one person."""

    first = models.CharField(max_length=254)
    second = models.CharField(max_length=254)
    same = models.BooleanField(help_text="False: they are two people; do not ask again.")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("first", "second"), name="one_decision_per_pair"),
        )

    def __str__(self) -> str:
        return f"{self.first} {'=' if self.same else '≠'} {self.second}"


class ProjectConfirmation(models.Model):
    """A project's owner went through its brief with the lead, and what they put right."""

    project = models.CharField(max_length=200, db_index=True)
    on = models.DateField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return f"{self.project}, confirmed on {self.on}"


class PlanChange(models.Model):
    """The lead put a step of the first 90 days on another day, or said it is done."""

    step = models.CharField(max_length=100, db_index=True)
    moved_to = models.DateField(null=True)
    done_on = models.DateField(null=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.step}: " + (
            f"moved to {self.moved_to}" if self.moved_to else f"done {self.done_on}"
        )
