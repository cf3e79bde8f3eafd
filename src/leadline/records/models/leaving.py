"""Leaving: the last day, and what is handed over to whom."""

from __future__ import annotations

from django.db import models


class Leaving(models.Model):
    """Somebody said that they leave, or the contract ends."""

    about = models.EmailField(unique=True)
    author = models.EmailField(blank=True)
    told_on = models.DateField()
    last_on = models.DateField()
    rule = models.TextField(help_text="How the last day came about.")
    at = models.DateTimeField()

    class Meta:
        ordering = ("last_on", "pk")

    def __str__(self) -> str:
        return f"last day {self.last_on}"


class HandoverItem(models.Model):
    """An area, a model or a duty that somebody else takes over."""

    class Kind(models.TextChoices):
        """What can be handed over."""

        AREA = "area"
        MODEL = "model"
        DUTY = "duty"

    leaving = models.ForeignKey(Leaving, on_delete=models.CASCADE, related_name="items")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    what = models.CharField(max_length=400)
    why = models.TextField(blank=True)
    author = models.EmailField(blank=True)
    successor = models.EmailField(blank=True)
    at = models.DateTimeField()
    done_by = models.EmailField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("kind", "what", "pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.what}"
