"""Briefs that were shown, and what the lead answered to their lines."""

from __future__ import annotations

from django.db import models

from leadline.practice.brief import Verdict


class Brief(models.Model):
    """The brief of one day; asking again on that day replaces its lines."""

    on = models.DateField(unique=True)
    made_at = models.DateTimeField()
    true_findings = models.JSONField(default=list, help_text="Ids of all that was true.")

    class Meta:
        ordering = ("-on",)

    def __str__(self) -> str:
        return f"brief of {self.on}"


class BriefLine(models.Model):
    """One finding as it was shown, so that it is not shown again unless it got worse."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    finding = models.CharField(max_length=6, db_index=True)
    rule = models.CharField(max_length=60)
    subject = models.CharField(max_length=400)
    sentence = models.TextField()
    magnitude = models.FloatField()
    due_on = models.DateField(null=True)
    standing = models.BooleanField(default=False, help_text="True, and left out of the brief.")
    found = models.JSONField(default=dict, help_text="The finding with its receipts.")

    class Meta:
        ordering = ("brief", "position")

    def __str__(self) -> str:
        return self.sentence


class Response(models.Model):
    """What the lead said to a line: dismissed, snoozed until a day, or wrong."""

    finding = models.CharField(max_length=6, db_index=True)
    rule = models.CharField(max_length=60)
    subject = models.CharField(max_length=400)
    verdict = models.CharField(max_length=10, choices=[(v, v) for v in Verdict])
    on = models.DateField()
    until = models.DateField(null=True)
    reason = models.TextField(blank=True)
    magnitude = models.FloatField()

    class Meta:
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return f"{self.finding} {self.verdict} on {self.on}"
