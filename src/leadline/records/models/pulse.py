"""The pulse. There is no ballot: an answer raises counts, and counts are all that exists."""

from __future__ import annotations

from django.db import models


class PulseRound(models.Model):
    """A round as it was frozen at launch."""

    author = models.EmailField(blank=True)
    at = models.DateTimeField()
    closes_on = models.DateField()
    threshold = models.PositiveSmallIntegerField()
    released_on = models.DateField(null=True, help_text="Who answered was forgotten then.")
    follows = models.ForeignKey(
        "PulsePromise",
        on_delete=models.SET_NULL,
        null=True,
        related_name="rounds",
        help_text="The promise that it asks about.",
    )

    class Meta:
        ordering = ("-closes_on", "-pk")

    def __str__(self) -> str:
        return f"pulse until {self.closes_on}"


class PulseInvitation(models.Model):
    """Who was asked. That somebody answered is kept without a time, until the round closes.

    A row with who and when would be our habit; here "when" would give an answer a face.
    """

    round = models.ForeignKey(PulseRound, on_delete=models.CASCADE, related_name="invitations")
    address = models.EmailField()
    answered = models.BooleanField(default=False)

    class Meta:
        ordering = ("round", "address")
        constraints = (
            models.UniqueConstraint(fields=("round", "address"), name="asked_once_a_round"),
        )

    def __str__(self) -> str:
        return self.address


class PulseCount(models.Model):
    """How many chose one level of one statement. All rows are there from the launch on."""

    round = models.ForeignKey(PulseRound, on_delete=models.CASCADE, related_name="counts")
    statement = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("round", "statement", "level")
        constraints = (
            models.UniqueConstraint(
                fields=("round", "statement", "level"), name="one_count_a_level"
            ),
        )

    def __str__(self) -> str:
        return f"{self.statement} {self.level}: {self.count}"


class PulsePromise(models.Model):
    """What the lead said would change after a round."""

    round = models.ForeignKey(PulseRound, on_delete=models.CASCADE, related_name="promises")
    author = models.EmailField(blank=True)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.text
