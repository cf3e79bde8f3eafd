"""Where the lead's hours go: by kind, by series, and against the span."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from leadline.practice.hours import KindHours, split
from leadline.practice.series import Advice, advise
from leadline.practice.span import Span, span
from leadline.records.queries.team import team

if TYPE_CHECKING:
    from leadline.workspace import Workspace

WEEKS = 6
"""Full weeks that the hours are averaged over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarReport:
    """The lead's calendar in numbers.

    Attributes
    ----------
    today : date
        The day of asking; the running week does not count.
    knows_calendar : bool
        Whether any calendar was read.
    hours : tuple of KindHours
        Hours by kind over the last full weeks, most first.
    advice : tuple of Advice
        Series to drop, shorten or turn into a message.
    span : Span
        Reports against the lead's own week.
    """

    today: date
    knows_calendar: bool
    hours: tuple[KindHours, ...]
    advice: tuple[Advice, ...]
    span: Span

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "today": self.today,
            "weeks": WEEKS,
            "knows_calendar": self.knows_calendar,
            "hours": [
                {
                    "kind": row.kind,
                    "hours_per_week": row.hours_per_week,
                    "share": row.share,
                    "intended": row.intended,
                }
                for row in self.hours
            ],
            "series": [
                {
                    "title": one.latest.title,
                    "action": one.action.value,
                    "reasons": list(one.reasons),
                    "hours_per_week": one.hours_per_week,
                }
                for one in self.advice
            ],
            "span": {
                "n_reports": self.span.n_reports,
                "one_on_one_hours_per_week": self.span.one_on_one_hours_per_week,
                "share_of_week": self.span.share_of_week,
                "band": self.span.band.value,
            },
        }


def calendar_report(workspace: Workspace, *, today: date) -> CalendarReport:
    """Work out where the lead's hours went, as the calendars were last read."""
    settings = workspace.configuration
    facts = team(workspace, today=today)
    return CalendarReport(
        today=today,
        knows_calendar=facts.knows_calendar,
        hours=split(facts.meetings, today=today, weeks=WEEKS, intended=settings.hours.intended),
        advice=advise(facts.meetings, today=today),
        span=span(
            n_reports=len(facts.reports),
            cadence=facts.cadence,
            hours_per_week=settings.hours.per_week,
            band_from=settings.span.from_reports,
        ),
    )
