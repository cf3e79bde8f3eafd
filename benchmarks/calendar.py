"""400 weekly series over a year: cold, warm, and beside a bare icalendar parse.

Each figure is the best of several runs, each in a fresh process and with its imports,
because that is what a command costs. Run: python -m benchmarks.calendar
"""

from __future__ import annotations

import os
import platform
import random
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "calendar.md"
N_SERIES = 400
RUNS = 5

_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE"""

_PARSE = "import icalendar, sys; icalendar.Calendar.from_ical(open(sys.argv[1], 'rb').read())"
_FRONT_DOOR = """
import datetime, sys, icalendar, recurring_ical_events
calendar = icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read())
events = recurring_ical_events.of(calendar)
events.between(datetime.date(2026, 1, 1), datetime.date(2027, 1, 1))
"""
_READ = """
import sys
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo
from leadline.connectors.calendar import read_calendar
from leadline.practice.people import Person
found = read_calendar(
    sys.argv[1],
    lead=["lead@example.com"],
    people=[Person(name=f"P{n}", emails=(f"p{n}@example.com",)) for n in range(9)],
    start_on=date(2026, 1, 1),
    end_on=date(2027, 1, 1),
    zone=ZoneInfo("Europe/Berlin"),
    cache_folder=Path(sys.argv[2]),
)
assert len(found.meetings) > 20_000 and not found.problems
"""


def make_calendar(*, n_series: int, seed: int) -> bytes:
    """Write a made-up calendar: weekly series, one in five with a cancelled day and a move."""
    rng = random.Random(seed)
    parts = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//benchmark//EN", *_ZONE.splitlines()]
    for number in range(n_series):
        start = datetime(2025, 1, 6, tzinfo=UTC)
        start += timedelta(days=rng.randrange(5), minutes=30 * rng.randrange(16, 36))
        common = [
            f"UID:series-{number}@example.com",
            f"SUMMARY:Series {number}",
            "DTSTAMP:20250101T000000Z",
            "ORGANIZER:mailto:lead@example.com",
            "ATTENDEE;PARTSTAT=ACCEPTED:mailto:lead@example.com",
            f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:p{number % 9}@example.com",
        ]
        parts += ["BEGIN:VEVENT", *common, "RRULE:FREQ=WEEKLY", *_times(start)]
        if number % 5 == 0:
            parts.append(
                f"EXDATE;TZID=Europe/Berlin:{start + timedelta(weeks=60):%Y%m%dT%H%M%S}"
            )
            moved = start + timedelta(weeks=70)
            parts += ["END:VEVENT", "BEGIN:VEVENT", *common, *_times(moved + timedelta(days=1))]
            parts.append(f"RECURRENCE-ID;TZID=Europe/Berlin:{moved:%Y%m%dT%H%M%S}")
        parts.append("END:VEVENT")
    return "\r\n".join([*parts, "END:VCALENDAR", ""]).encode()


def _times(start: datetime) -> list[str]:
    end = start + timedelta(minutes=15)
    return [
        f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Europe/Berlin:{end:%Y%m%dT%H%M%S}",
    ]


def seconds(code: str, *arguments: str) -> float:
    """Return the processor time of one fresh process: children of others do not count."""
    before = os.times()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True)
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def main() -> None:
    """Measure, print and write the table."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "own.ics"
        path.write_bytes(make_calendar(n_series=N_SERIES, seed=1))
        cache = Path(folder) / "cache"
        floor = min(seconds(_PARSE, str(path)) for _ in range(RUNS))
        front_door = min(seconds(_FRONT_DOOR, str(path)) for _ in range(RUNS))
        cold = min(seconds(_READ, str(path), f"{cache}-{run}") for run in range(RUNS))
        warm = min(seconds(_READ, str(path), f"{cache}-0") for _ in range(RUNS))
    rows = [
        ("bare icalendar parse (the floor)", floor, ""),
        ("recurring-ical-events by its front door", front_door, ""),
        ("`read_calendar`, cold", cold, "< 3 s"),
        ("`read_calendar`, warm", warm, "< 0.3 s"),
    ]
    table = [
        f"| {name} | {value:.2f} s | {value / floor:.1f} × | {aim} |"
        for name, value, aim in rows
    ]
    text = "\n".join([
        "# Calendar",
        "",
        f"{N_SERIES} weekly series over a year, 20,800 occurrences, one series in five with a "
        "cancelled and a moved day.",
        "Best of "
        f"{RUNS} fresh processes each, imports and start of Python included, processor time.",
        f"{datetime.now(tz=UTC):%Y-%m-%d}, {os.cpu_count()} cores, "
        f"Python {platform.python_version()}. Again: `python -m benchmarks.calendar`",
        "",
        "| what | time | beside the floor | aim |",
        "| --- | --- | --- | --- |",
        *table,
        "",
    ])  # fmt: skip
    print(text)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
