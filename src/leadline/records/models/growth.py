"""Development plans and probation records; both are deleted when they are closed."""

from __future__ import annotations

from django.db import models

from leadline.practice.growth import KINDS
from leadline.practice.probation.record import Outcome


class GrowthPlan(models.Model):
    """What somebody wants to get better at, and when both look again."""

    about = models.EmailField(db_index=True)
    author = models.EmailField(blank=True)
    gap = models.TextField(help_text="With an example.")
    sign = models.TextField(help_text="What would show that it got better.")
    check_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return self.gap


class GrowthPath(models.Model):
    """One way towards it, suggested by either; the person chooses one."""

    plan = models.ForeignKey(GrowthPlan, on_delete=models.CASCADE, related_name="paths")
    author = models.EmailField(blank=True)
    kind = models.CharField(max_length=10, choices=[(v, v) for v in KINDS])
    text = models.TextField()
    at = models.DateTimeField()
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


class ProbationCheckIn(models.Model):
    """How it is going, in writing: what went well, what would help next."""

    about = models.EmailField(db_index=True)
    author = models.EmailField(blank=True)
    on = models.DateField()
    went_well = models.TextField()
    would_help = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return f"check-in of {self.on}"


class ProbationExtension(models.Model):
    """A probation was made longer: by whom, until when, why."""

    about = models.EmailField(db_index=True)
    author = models.EmailField(blank=True)
    until = models.DateField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"until {self.until}: {self.reason}"


class ProbationOutcome(models.Model):
    """What came of it, and when it was told; reasons are deleted with the record."""

    about = models.EmailField(db_index=True)
    author = models.EmailField(blank=True)
    outcome = models.CharField(max_length=10, choices=[(v, v) for v in Outcome])
    told_on = models.DateField()
    reasons = models.TextField(blank=True)
    purge_on = models.DateField(help_text="When the rest of the record is deleted.")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.outcome}, told on {self.told_on}"
