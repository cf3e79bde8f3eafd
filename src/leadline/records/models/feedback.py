"""Feedback: whether and how somebody wants it, drafts, what was said, and the answer."""

from __future__ import annotations

from django.db import models

from leadline.records.sealed import SealedTextField


class FeedbackPreference(models.Model):
    """What somebody said about feedback to them; the newest row counts."""

    class Wish(models.TextChoices):
        """Whether they want it."""

        YES = "yes"
        ASK = "ask me first"
        NOT_NOW = "not now"

    class Form(models.TextChoices):
        """How they would like it."""

        SPOKEN = "spoken"
        WRITTEN = "written first"
        WALK = "on a walk"
        ANY = "any"

    about = models.EmailField(db_index=True)
    wish = models.CharField(max_length=20, choices=Wish.choices)
    form = models.CharField(max_length=20, choices=Form.choices, default=Form.ANY)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.wish}, {self.form}"


class Feedback(models.Model):
    """Feedback from one person to another, upward, downward or sideways.

    A draft is its author's alone; once shared, it is both people's. Nobody else reads it.
    """

    class Kind(models.TextChoices):
        """Conduct is said at once, without ceremony."""

        FEEDBACK = "feedback"
        CONDUCT = "conduct"

    about = models.EmailField(db_index=True)
    author = models.EmailField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FEEDBACK)
    situation = SealedTextField(blank=True)
    behaviour = SealedTextField(blank=True)
    impact = SealedTextField(blank=True)
    question = SealedTextField(blank=True)
    at = models.DateTimeField()
    shared_at = models.DateTimeField(null=True)
    override = models.TextField(blank=True, help_text="Why it did not wait for the embargo.")
    answer = SealedTextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    follow_up_on = models.DateField(null=True)
    followed_up_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(
                fields=("author",),
                condition=models.Q(follow_up_on__isnull=False, followed_up_at=None),
                name="feedback_to_come_back_to",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.at:%Y-%m-%d}"
