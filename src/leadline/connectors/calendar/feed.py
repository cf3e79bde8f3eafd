"""Dated items of a plan → an `.ics` file that any calendar can take in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated:
    """One item with its day.

    Attributes
    ----------
    uid : str
        Stable name of the item: the same item on another day replaces itself.
    on : date
        Its day.
    title : str
        One line.
    description : str
        Any text; may be empty.
    """

    uid: str
    on: date
    title: str
    description: str = ""


def to_ics(items: Iterable[Dated], *, name: str) -> bytes:
    """Write items as a calendar of all-day events.

    Parameters
    ----------
    items : iterable of Dated
        In any order; they are written by day, then by uid.
    name : str
        Name of the calendar.

    Returns
    -------
    bytes
        UTF-8 with CRLF and lines of at most 75 bytes; the same items always give the
        same bytes. The days are marked free, so that a plan blocks nobody's time.

    References
    ----------
    RFC 5545, sections 3.1 (folding), 3.3.11 (text), 3.6.1 (events).
    """
    ordered = sorted(items, key=lambda item: (item.on, item.uid))
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Leadline//Plan//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        *(line for item in ordered for line in _event(item)),
        "END:VCALENDAR",
    ]
    return b"".join(part for line in lines for part in _folded(line))


def _event(item: Dated) -> Iterator[str]:
    # The standard asks for a stamp; the item's own day keeps the bytes reproducible.
    stamp = datetime.combine(item.on, time(), UTC)
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(item.uid)}"
    yield f"DTSTAMP:{stamp:%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{item.on:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{item.on + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(item.title)}"
    if item.description:
        yield f"DESCRIPTION:{_text(item.description)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _text(value: str) -> str:
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(letter for letter in lines if letter in "\n\t" or letter.isprintable())
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        shown = shown.replace(plain, escaped)
    return shown


def _folded(line: str) -> Iterator[bytes]:
    """Yield a content line in pieces of at most 75 bytes that never split a character."""
    piece = b""
    for letter in line:
        encoded = letter.encode()
        if len(piece) + len(encoded) > 75:
            yield piece + b"\r\n"
            piece = b" "
        piece += encoded
    yield piece + b"\r\n"
