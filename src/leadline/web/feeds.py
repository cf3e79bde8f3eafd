"""Somebody's dates as a calendar file; valid by the library that writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from icalendar import Calendar, Event

from leadline.records.queries.dates_ahead import Dated, Kind

READ_AGAIN = timedelta(hours=6)
"""How long a calendar program may wait before it asks again."""

SUMMARIES = {
    Kind.TALK: gettext_lazy("Leadline: talk with each other"),
    Kind.ACTION: gettext_lazy("Leadline: what you agreed to do"),
    Kind.LOOK_AGAIN: gettext_lazy("Leadline: look again together"),
    Kind.HANDOVER: gettext_lazy("Leadline: handed over by today"),
    Kind.PULSE: gettext_lazy("Leadline: the pulse closes"),
    Kind.DECISION: gettext_lazy("Leadline: a decision about the work"),
    Kind.EXPERIMENT: gettext_lazy("Leadline: the planned end of an experiment"),
    Kind.STEP: gettext_lazy("Leadline: a step of your first 90 days"),
    Kind.REMINDER: gettext_lazy("Leadline: you wanted to think of something"),
}
"""All that a calendar says; others may see it. Who and what stands on the page behind it."""


def feed_text(
    dates: Iterable[Dated], *, made_at: datetime, url_of: Callable[[str], str]
) -> bytes:
    """Write dates as iCalendar; the same dates give the same bytes.

    Parameters
    ----------
    dates : iterable of Dated
        What one viewer may read.
    made_at : datetime
        When the feed was made; each entry is stamped with it.
    url_of : callable
        Turns the name of a page and its key into an address that a calendar can open.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Leadline//Leadline//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "Leadline")
    calendar.add("x-wr-calname", "Leadline")
    calendar.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
    for one in dates:
        calendar.add_component(_event(one, made_at=made_at, url=url_of(one.page)))
    text: bytes = calendar.to_ical()
    return text


def _event(one: Dated, *, made_at: datetime, url: str) -> Event:
    event = Event()
    event.add("uid", str(uuid5(NAMESPACE_URL, f"leadline {one.kind} {one.key}")))
    event.add("dtstamp", made_at)
    event.add("dtstart", one.on)
    event.add("summary", str(SUMMARIES[one.kind]))
    event.add("description", _("Who and what stands on its page: %s") % url)
    event.add("url", url)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event
