"""Briefs as they were kept: the newest, the one of a day, and their history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from leadline.records.models import Brief, BriefLine, Reading, Response


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptBrief:
    """A brief of some day, as it was shown.

    Attributes
    ----------
    on : date
        The day it is for.
    made_at : datetime
        When it was made.
    lines : tuple of BriefLine
        What it shows, most pressing first, without what was answered on its day or later.
    standing : tuple of BriefLine
        True as well, and left out.
    answers : tuple of Response
        What was said to its lines since, newest first.
    """

    on: date
    made_at: datetime
    lines: tuple[BriefLine, ...]
    standing: tuple[BriefLine, ...]
    answers: tuple[Response, ...]


def kept_brief(on: date) -> KeptBrief | None:
    """Return the brief that was made for a day; None when none was."""
    brief = Brief.objects.filter(on=on).prefetch_related("lines").first()
    if brief is None:
        return None
    lines = list(brief.lines.all())
    names = [line.finding for line in lines]
    answers = Response.objects.filter(finding__in=names, on__gte=on).order_by("-pk")
    answered = {answer.finding for answer in answers}
    open_lines = [line for line in lines if line.finding not in answered and line.found]
    return KeptBrief(
        on=brief.on,
        made_at=brief.made_at,
        lines=tuple(line for line in open_lines if not line.standing),
        standing=tuple(line for line in open_lines if line.standing),
        answers=tuple(answers),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The last answer to a line on one day.

    Attributes
    ----------
    answer : Response
    sentence : str
        What the line said when it was shown last.
    """

    answer: Response
    sentence: str


def answered_on(day: date) -> tuple[Answered, ...]:
    """Return which lines were answered on a day, the newest answer first."""
    last = {row.finding: row for row in Response.objects.filter(on=day).order_by("pk")}
    lines = BriefLine.objects.filter(finding__in=last).order_by("brief__on")
    said = dict(lines.values_list("finding", "sentence"))
    return tuple(
        Answered(answer=row, sentence=said[finding])
        for finding, row in sorted(last.items(), key=lambda item: -item[1].pk)
        if finding in said
    )


def is_outdated(brief: KeptBrief) -> bool:
    """Whether a source was read since the brief was made."""
    newest = Reading.objects.aggregate(at=Max("ended_at"))["at"]
    return bool(newest and newest > brief.made_at)


def brief_days(*, before: date) -> QuerySet[Brief]:
    """Return the earlier briefs, newest first, each with the number of its lines."""
    lines = BriefLine.objects.filter(brief=OuterRef("pk"), standing=False).order_by()
    counted = lines.values("brief").annotate(n=Count("pk")).values("n")
    shown = Coalesce(Subquery(counted), 0)  # asked for a page of briefs, not for ten years
    days = Brief.objects.filter(on__lt=before).only("on")
    return days.annotate(shown=shown).order_by("-on")
