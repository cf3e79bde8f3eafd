"""Meetings as an iCalendar file, the way a company's calendar server writes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vRecur

from leadline.demo.meetings import Change, Meeting
from leadline.demo.team import DOMAIN
from leadline.practice.people import Person


def calendar_file(
    meetings: Iterable[Meeting], *, lead: Person, zone: ZoneInfo, today: date
) -> bytes:
    """Return the bytes of the lead's calendar file."""
    calendar = Calendar()
    calendar.add("prodid", "-//Harbour Example//A made-up calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", lead.name)
    writer = _Writer(lead=lead, zone=zone, stamp=datetime.combine(today, time(), UTC))
    for meeting in meetings:
        for event in writer.events(meeting):
            calendar.add_component(event)
    calendar.add_missing_timezones(
        first_date=today - timedelta(days=400), last_date=today + timedelta(days=400)
    )
    content: bytes = calendar.to_ical()
    return content


class _Writer:
    def __init__(self, *, lead: Person, zone: ZoneInfo, stamp: datetime) -> None:
        self._lead = lead
        self._zone = zone
        self._stamp = stamp

    def events(self, meeting: Meeting) -> Iterator[Event]:
        """Yield the event or series, then one event for each changed occurrence."""
        event = self._event(meeting, start=meeting.start)
        if meeting.rule:
            event.add("rrule", vRecur.from_ical(meeting.rule))
        for day in meeting.deleted:
            event.add("exdate", self._usual(meeting, day))
        yield event
        for change in meeting.changes:
            yield self._changed(meeting, change)

    def _changed(self, meeting: Meeting, change: Change) -> Event:
        usual = datetime.combine(change.on, meeting.start.time())
        event = self._event(meeting, start=change.to or usual, declined_by=change.declined_by)
        event.add("recurrence-id", self._usual(meeting, change.on))
        event.add("sequence", 1)
        if change.cancelled:
            event["status"] = "CANCELLED"
        return event

    def _usual(self, meeting: Meeting, day: date) -> datetime:
        return datetime.combine(day, meeting.start.time(), self._zone)

    def _event(self, meeting: Meeting, *, start: datetime, declined_by: str = "") -> Event:
        event = Event()
        event.add("uid", f"{meeting.slug}@{DOMAIN}")
        event.add("dtstamp", self._stamp)
        event.add("summary", meeting.title)
        length = timedelta(minutes=meeting.minutes)
        if meeting.all_day:
            event.add("dtstart", start.date())
            event.add("dtend", (start + length).date())
        else:
            event.add("dtstart", start.replace(tzinfo=self._zone))
            event.add("dtend", (start + length).replace(tzinfo=self._zone))
        event.add("status", "CONFIRMED")
        event.add("transp", "OPAQUE" if meeting.is_busy else "TRANSPARENT")
        if meeting.agenda:
            event.add("description", meeting.agenda)
        if meeting.invited:
            self._invite(event, meeting, declined_by)
        return event

    def _invite(self, event: Event, meeting: Meeting, declined_by: str) -> None:
        organizer = meeting.organizer or self._lead
        event["organizer"] = _address(organizer)
        event.add("attendee", _address(self._lead, answer=meeting.answer), encode=False)
        for person in meeting.invited:
            answer = "DECLINED" if person.key == declined_by else "ACCEPTED"
            event.add("attendee", _address(person, answer=answer), encode=False)


def _address(person: Person, *, answer: str = "") -> vCalAddress:
    address = vCalAddress(f"mailto:{person.key}")
    address.params["cn"] = person.name
    if answer:
        address.params["role"] = "REQ-PARTICIPANT"
        address.params["partstat"] = answer
    return address
