"""Answering a line of the brief: dismiss, snooze, wrong."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from leadline.errors import InputError
from leadline.practice.brief import Verdict
from leadline.records.actions.metering import note_typing
from leadline.records.models import BriefLine, Response


@transaction.atomic
def respond(
    finding: str,
    *,
    verdict: Verdict,
    today: date,
    until: date | None = None,
    reason: str = "",
) -> Response:
    """Keep what the lead said to a line, so that the next brief knows it.

    Parameters
    ----------
    finding : str
        The id printed beside the line, or the first digits of it that are unique.
    verdict : Verdict
        Dismissed, snoozed or wrong.
    until : date, optional
        The day a snooze ends; needed for one, and after `today`.

    Raises
    ------
    InputError
        No line of any brief has that id, or the snooze ends in the past.
    """
    line = _line(finding)
    if verdict is Verdict.SNOOZED and (until is None or until <= today):
        raise InputError(
            f"a snooze must end after {today}, got {until}", hint="Give --until or --days."
        )
    note_typing("brief", reason, on=today)
    return Response.objects.create(
        finding=line.finding,
        rule=line.rule,
        subject=line.subject,
        verdict=verdict,
        on=today,
        until=until,
        reason=reason,
        magnitude=line.magnitude,
    )


@transaction.atomic
def take_back(answer: Response) -> None:
    """Forget what the lead said to a line on a day, as if they had not said it."""
    Response.objects.filter(finding=answer.finding, on=answer.on).delete()


def _line(finding: str) -> BriefLine:
    """Return the newest line whose id starts with what was typed."""
    lines = BriefLine.objects.filter(finding__startswith=finding.lower()).order_by("-brief__on")
    names = sorted({line.finding for line in lines})
    if len(names) == 1 and finding:
        return lines[0]
    if names and finding:
        raise InputError(f"{finding!r} could be any of {', '.join(names)}; type one more digit")
    raise InputError(
        f"no line of any brief has the id {finding!r}",
        hint="`leadline brief` prints each line's id at its end.",
    )
