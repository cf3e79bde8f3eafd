"""Hiring: kits, candidates, what interviewers heard, decisions. Nobody is ranked."""

from __future__ import annotations

from django.db import models

from leadline.records.sealed import SealedTextField


class InterviewKit(models.Model):
    """The same questions for every candidate of a role."""

    name = models.CharField(max_length=200, unique=True)
    author = models.EmailField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class InterviewQuestion(models.Model):
    """One question, and what a weak (1), a fair (3) and a strong (5) answer sound like."""

    kit = models.ForeignKey(InterviewKit, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    text = models.TextField()
    weak = models.TextField()
    fair = models.TextField()
    strong = models.TextField()

    class Meta:
        ordering = ("kit", "position")

    def __str__(self) -> str:
        return self.text


class Candidate(models.Model):
    """Somebody who applied; everything about them is deleted when the clock has run out."""

    kit = models.ForeignKey(InterviewKit, on_delete=models.PROTECT, related_name="candidates")
    name = models.CharField(max_length=200)
    author = models.EmailField(blank=True)
    at = models.DateTimeField()
    delete_on = models.DateField(db_index=True)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return self.name


class Interviewer(models.Model):
    """Who interviews a candidate, and when they had written down what they heard."""

    candidate = models.ForeignKey(
        Candidate, on_delete=models.CASCADE, related_name="interviewers"
    )
    address = models.EmailField()
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("candidate", "address"), name="an_interviewer_once_a_candidate"
            ),
        )

    def __str__(self) -> str:
        return self.address


class InterviewAnswer(models.Model):
    """What one interviewer heard to one question, and which anchor it came closest to."""

    interviewer = models.ForeignKey(
        Interviewer, on_delete=models.CASCADE, related_name="answers"
    )
    question = models.ForeignKey(InterviewQuestion, on_delete=models.CASCADE)
    anchor = models.PositiveSmallIntegerField()
    heard = SealedTextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("question__position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("interviewer", "question"), name="one_answer_a_question"
            ),
        )

    def __str__(self) -> str:
        return f"answer to question {self.question_id}"


class HiringDecision(models.Model):
    """What was decided after the debrief, with its reasons in words."""

    class Outcome(models.TextChoices):
        """What can be decided."""

        OFFER = "offer"
        NO_OFFER = "no offer"
        WITHDREW = "withdrew"

    candidate = models.OneToOneField(
        Candidate, on_delete=models.CASCADE, related_name="decision"
    )
    author = models.EmailField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reasons = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)

    def __str__(self) -> str:
        return self.outcome
