"""One-on-ones: agenda points, what was agreed, corrections of the calendar, private notes."""

from __future__ import annotations

from django.db import models

from leadline.practice.talks import Held
from leadline.records.sealed import SealedTextField


class TalkCorrection(models.Model):
    """Somebody said what became of one occurrence; it wins over the calendar."""

    about = models.EmailField(db_index=True)
    author = models.EmailField(blank=True)
    uid = models.CharField(max_length=400)
    planned_at = models.DateTimeField()
    held = models.CharField(max_length=10, choices=[(v, v) for v in Held])
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.planned_at:%Y-%m-%d}: {self.held}"


class AgendaPoint(models.Model):
    """A point for the next one-on-one with `about`, open until somebody closes it."""

    about = models.EmailField(db_index=True)
    author = models.EmailField(blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    closed_by = models.EmailField(blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text


class AgreedAction(models.Model):
    """What was agreed in a one-on-one with `about`: whose it is, and until when."""

    about = models.EmailField(db_index=True)
    author = models.EmailField(blank=True)
    owner = models.EmailField(blank=True)
    text = models.TextField()
    due_on = models.DateField(null=True)
    at = models.DateTimeField()
    done_by = models.EmailField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("at", "pk")
        # Every page counts what waits for its reader: of thousands, a few are open.
        indexes = (
            models.Index(
                fields=("owner",), condition=models.Q(done_at=None), name="open_action_of_owner"
            ),
        )

    def __str__(self) -> str:
        return self.text


class PrivateNote(models.Model):
    """A note to oneself about somebody. Only its author reads it; `about` sees that it is."""

    about = models.EmailField(db_index=True)
    author = models.EmailField(blank=True)
    text = SealedTextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"private note of {self.at:%Y-%m-%d}"


class Reminder(models.Model):
    """A dated note to oneself."""

    author = models.EmailField(db_index=True)
    text = models.TextField()
    on = models.DateField()
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("on", "pk")

    def __str__(self) -> str:
        return self.text
