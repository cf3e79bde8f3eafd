"""What reaches somebody outside the pages, because they asked for it: mail, a calendar."""

from __future__ import annotations

from django.db import models

from leadline.practice.mail import Every


class MailWish(models.Model):
    """Somebody wants a mail on days on which something waits; no row, no mail."""

    address = models.EmailField(unique=True)
    every = models.CharField(max_length=10, choices=[(v, v) for v in Every])
    at = models.DateTimeField()
    sent_on = models.DateField(null=True, help_text="The day of the last mail.")
    trying_since = models.DateTimeField(null=True, help_text="Somebody is sending it now.")

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"a mail every {self.every}"


class CalendarFeed(models.Model):
    """The secret address of somebody's dates; only a hash of its secret is kept."""

    address = models.EmailField(unique=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"calendar feed of {self.made_at:%Y-%m-%d}"
