"""The lead's own calendar: `.ics` files and addresses in, meetings out; plans as `.ics`."""

from leadline.connectors.calendar.feed import Dated, to_ics
from leadline.connectors.calendar.read import Calendar, read_calendar

__all__ = ["Calendar", "Dated", "read_calendar", "to_ics"]
