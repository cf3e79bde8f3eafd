"""Probation: check-ins in writing, extensions, the outcome, and deleting the record."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from leadline.errors import InputError
from leadline.practice.probation import ProbationDates
from leadline.practice.probation.record import Outcome, check_extension, purge_on, surprise
from leadline.records.actions.metering import note_typing
from leadline.records.actions.texts import needed, optional
from leadline.records.models import ProbationCheckIn, ProbationExtension, ProbationOutcome


@transaction.atomic
def check_in(
    about: str, *, by: str, on: date, went_well: str, would_help: str, at: datetime
) -> ProbationCheckIn:
    """Write down how it is going; both read it."""
    went_well = needed("what went well", went_well)
    would_help = optional("what would help", would_help)
    note_typing("probation", went_well, would_help, on=at.date())
    return ProbationCheckIn.objects.create(
        about=about, author=by, on=on, went_well=went_well, would_help=would_help, at=at
    )


@transaction.atomic
def extend(
    about: str,
    *,
    by: str,
    until: date,
    reason: str,
    dates: ProbationDates,
    today: date,
    at: datetime,
) -> ProbationExtension:
    """Keep that a probation was made longer, by whom, until when and why."""
    check_extension(until=until, reason=reason, dates=dates, today=today)
    note_typing("probation", reason, on=today)
    return ProbationExtension.objects.create(
        about=about, author=by, until=until, reason=needed("the reason", reason), at=at
    )


@transaction.atomic
def tell_outcome(
    about: str, *, by: str, outcome: Outcome, told_on: date, reasons: str, at: datetime
) -> ProbationOutcome:
    """Keep the outcome as it was told; a record that was passed is deleted at once.

    Raises
    ------
    InputError
        It would be a surprise, it has no reasons where it ends a contract, or it was told
        already.
    """
    if ProbationOutcome.objects.filter(about=about).exists():
        raise InputError("the outcome was told already")
    days = ProbationCheckIn.objects.filter(about=about).values_list("on", flat=True)
    if why := surprise(outcome=outcome, check_ins=list(days), on=told_on):
        raise InputError(
            why, hint="Write a check-in now, talk, and decide later; HR knows what is possible."
        )
    if outcome is Outcome.ENDED:
        reasons = needed("the reason", reasons)
    note_typing("probation", reasons, on=at.date())
    told = ProbationOutcome.objects.create(
        about=about,
        author=by,
        outcome=outcome,
        told_on=told_on,
        reasons=optional("the reasons", reasons) if outcome is Outcome.ENDED else "",
        purge_on=purge_on(outcome=outcome, told_on=told_on),
        at=at,
    )
    if outcome is Outcome.PASSED:
        forget_record(about)
    return told


def forget_record(about: str) -> None:
    """Delete check-ins, extensions and reasons; that and when it was told stays."""
    ProbationCheckIn.objects.filter(about=about).delete()
    ProbationExtension.objects.filter(about=about).delete()
    ProbationOutcome.objects.filter(about=about).update(reasons="")
