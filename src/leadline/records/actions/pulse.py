"""The pulse: launch, answer, release, promise. An answer leaves no trace of its own.

All counts and all invitations of a round are written anew by every answer, in one
transaction, so that the rows as they stand do not tell who came last. Nothing is logged,
timed or metered, and the journal of the database is emptied after each answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from leadline.errors import InputError
from leadline.practice import pulse
from leadline.records.actions.metering import note_typing
from leadline.records.actions.texts import needed
from leadline.records.journal import empty_the_journal
from leadline.records.models import PulseCount, PulseInvitation, PulsePromise, PulseRound
from leadline.records.queries.pulse import asked_in, n_answered, results_of, shown_rounds


@transaction.atomic
def launch_round(
    *, team: Collection[str], by: str, closes_on: date, today: date, at: datetime
) -> PulseRound:
    """Start a round; what it shows to whom is frozen from now on.

    Raises
    ------
    InputError
        One is running, the team is too small, or the round would single somebody out.
    """
    if PulseRound.objects.filter(closes_on__gte=today).exists():
        raise InputError("a round is running; the next one starts when it has closed")
    frozen = pulse.launch(
        team=team, earlier=shown_rounds(today=today), today=today, closes_on=closes_on
    )
    promise = PulsePromise.objects.order_by("at").last()
    is_asked = promise if promise and not promise.rounds.exists() else None
    started = PulseRound.objects.create(
        author=by, at=at, closes_on=frozen.closes_on, threshold=frozen.threshold,
        follows=is_asked,
    )  # fmt: skip
    PulseInvitation.objects.bulk_create(
        PulseInvitation(round=started, address=address) for address in frozen.invited
    )
    PulseCount.objects.bulk_create(
        PulseCount(round=started, statement=key, level=level)
        for key in asked_in(started)
        for level in range(len(pulse.LEVELS))
    )
    return started


def answer_round(
    running: PulseRound, *, by: Collection[str], levels: Mapping[str, int], today: date
) -> None:
    """Count one person's answer, once.

    Parameters
    ----------
    by : collection of str
        The addresses of whoever answers.
    levels : mapping from statement key
        The place of the chosen level in `pulse.LEVELS`, for every statement.

    Raises
    ------
    InputError
        The round is over, they were not asked or have answered, or a statement is missing.
    """
    asked = asked_in(running)
    if today > running.closes_on:
        raise InputError(f"this round closed on {running.closes_on}")
    allowed = range(len(pulse.LEVELS))
    if levels.keys() != asked.keys() or not all(one in allowed for one in levels.values()):
        raise InputError(f"each of the {len(asked)} statements needs one of the levels")
    with transaction.atomic():
        PulseRound.objects.select_for_update().get(pk=running.pk)  # one answer at a time
        mine = PulseInvitation.objects.filter(round=running, address__in=sorted(by))
        if not mine.filter(answered=False).exists():
            raise InputError("you have answered this round, or were not asked in it")
        _count(running, levels)
        PulseInvitation.objects.filter(round=running).update(
            answered=Case(
                When(address__in=sorted(by), then=Value(value=True)), default=F("answered")
            )
        )
        empty_the_journal((PulseCount, PulseInvitation))  # two states differ by the answer


def _count(running: PulseRound, levels: Mapping[str, int]) -> None:
    """Write every count of the round anew, those that were chosen raised by one."""
    chosen = Q()
    for key, level in levels.items():
        chosen |= Q(statement=key, level=level)
    PulseCount.objects.filter(round=running).update(
        count=F("count") + Case(When(chosen, then=Value(1)), default=Value(0))
    )


@transaction.atomic
def release_rounds(*, today: date) -> None:
    """Forget who answered in rounds that are over, and the counts of those too few for."""
    for over in PulseRound.objects.filter(closes_on__lt=today, released_on=None):
        if n_answered(over) < over.threshold:
            over.counts.all().delete()
        over.invitations.update(answered=False)
        over.released_on = today
        over.save(update_fields=["released_on"])


@transaction.atomic
def promise(over: PulseRound, *, by: str, text: str, today: date, at: datetime) -> PulsePromise:
    """Tell the team what will change; the next round asks whether it did.

    Raises
    ------
    InputError
        The round shows no results, or there is no text.
    """
    if withheld := results_of(over, today=today).withheld:
        raise InputError(f"this round shows no results to answer: {withheld}")
    text = needed("what you will change", text)
    note_typing("pulse", text, on=today)
    return PulsePromise.objects.create(round=over, author=by, text=text, at=at)
