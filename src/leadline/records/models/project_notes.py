"""What a team writes about its projects: assumptions, ideas, decisions, and their ends."""

from __future__ import annotations

from django.db import models


class Assumption(models.Model):
    """ "Based on what I understood…": said to the owner, who confirms or refutes it.

    What turns out wrong is knowledge that the team has won. Nobody's errors are counted.
    """

    class Confidence(models.TextChoices):
        """How sure whoever says it is, in words."""

        GUESS = "a guess"
        LIKELY = "likely"
        SURE = "quite sure"

    project = models.CharField(max_length=200, db_index=True)
    text = models.TextField()
    confidence = models.CharField(
        max_length=12, choices=Confidence.choices, default=Confidence.LIKELY
    )
    author = models.EmailField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return self.text


class AssumptionAnswer(models.Model):
    """Somebody who knows said whether an assumption holds, and what was learnt."""

    class Verdict(models.TextChoices):
        """What became of it."""

        CONFIRMED = "confirmed"
        REFUTED = "refuted"

    assumption = models.ForeignKey(Assumption, on_delete=models.CASCADE, related_name="answers")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    learnt = models.TextField(blank=True)
    author = models.EmailField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.verdict}: {self.learnt}"


class Idea(models.Model):
    """Something that will work *if* something else changes; parked until it does."""

    project = models.CharField(max_length=200, db_index=True)
    text = models.TextField()
    condition = models.TextField(help_text="What has to be so.")
    waits_for = models.CharField(max_length=100, blank=True)
    author = models.EmailField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return self.text


class IdeaClosing(models.Model):
    """An idea was tried, or dropped, and what came of it."""

    class Verdict(models.TextChoices):
        """How it ended."""

        TRIED = "tried"
        DROPPED = "dropped"

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="closings")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    note = models.TextField(blank=True)
    author = models.EmailField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.verdict}: {self.note}"


class Decision(models.Model):
    """One line of the decisions log: what, who was consulted, can it be undone, when again."""

    class Reversible(models.TextChoices):
        """What going back would cost."""

        EASILY = "easily"
        WITH_EFFORT = "with effort"
        HARDLY = "hardly"

    project = models.CharField(max_length=200, db_index=True, blank=True)
    text = models.TextField()
    consulted = models.TextField(blank=True)
    reversible = models.CharField(
        max_length=12, choices=Reversible.choices, default=Reversible.EASILY
    )
    decided_on = models.DateField()
    revisit_on = models.DateField(null=True)
    author = models.EmailField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-decided_on", "-pk")

    def __str__(self) -> str:
        return self.text


class DecisionReview(models.Model):
    """A decision was looked at again: it stands, or another took its place."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="reviews")
    note = models.TextField(blank=True)
    revisit_on = models.DateField(null=True)
    author = models.EmailField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"looked at again on {self.at:%Y-%m-%d}"
