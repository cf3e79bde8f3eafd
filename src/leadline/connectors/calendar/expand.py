"""Events → occurrences in a window, by the rules of RFC 5545.

The rules themselves are those of recurring-ical-events, taken one level below its
front door: its series yield starts and ends, and the copy of the whole component per
occurrence, which costs more than the rule, is left out.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from math import prod
from typing import Any

from recurring_ical_events.adapters.event import EventAdapter
from recurring_ical_events.occurrence import Occurrence as LibraryOccurrence
from recurring_ical_events.series import Series
from recurring_ical_events.util import convert_to_date, to_recurrence_ids

from leadline.connectors.calendar.events import UNREADABLE, Parsed, all_of, interval
from leadline.connectors.calendar.facts import Flaw, Occurrence

MAX_STEPS = 50_000
"""A rule that takes more steps than this to the window's end is refused, such as
`FREQ=SECONDLY` without an end: a mistake or an attack, not a meeting."""

_STEP = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
}
_TIMES = ("BYHOUR", "BYMINUTE", "BYSECOND")
_DAY = timedelta(days=1)
_RARE = ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS")


class _Adapter(EventAdapter):  # type: ignore[misc]  # the library ships no types
    """An event that remembers its place among the events of the file."""

    def __init__(self, parsed: Parsed, place: int) -> None:
        super().__init__(parsed.component)
        self.place = place
        self.event = parsed.component


class _Span(LibraryOccurrence):  # type: ignore[misc]  # as above
    """An occurrence whose event can be asked for."""

    def __init__(self, adapter: _Adapter, start: Any, end: Any) -> None:
        super().__init__(adapter, start, end)
        self.adapter = adapter


class _Series(Series):  # type: ignore[misc]  # as above
    def occurrence(self, adapter: _Adapter, start: Any = None, end: Any = None) -> _Span:
        return _Span(adapter, start, end)


def expand(
    events: Sequence[Parsed], *, start: date, end: date, zone: tzinfo
) -> tuple[list[Occurrence], list[Flaw]]:
    """Work out every occurrence that touches a window.

    Parameters
    ----------
    events : sequence of Parsed
        All events of one calendar; changes of one occurrence stand beside their series.
    start, end : date
        The window: from midnight of `start` up to, not including, midnight of `end`.
    zone : tzinfo
        Where times without a zone, and all-day events, are read.

    Returns
    -------
    tuple of (list of Occurrence, list of Flaw)
        Occurrences by start; a series whose rule cannot be worked out is a flaw.
    """
    series: dict[str, list[_Adapter]] = defaultdict(list)
    for place, parsed in enumerate(events):
        series[parsed.event.uid].append(_Adapter(parsed, place))
    window = (datetime.combine(start, time(), zone), datetime.combine(end, time(), zone))
    found: list[Occurrence] = []
    flaws: list[Flaw] = []
    for adapters in series.values():
        try:
            _refuse_endless(adapters, end=window[1])
            # all of a series or nothing: half of one would be a wrong calendar
            found += list(_occurrences(_Series(adapters), window=window, zone=zone))
        except UNREADABLE as error:
            first = events[adapters[0].place].event
            message = f"its times cannot be worked out: {error}; left out"
            flaws.append(Flaw(first.line, first.title, message))
    return sorted(found, key=lambda one: (one.start, one.end, one.event)), flaws


def _occurrences(
    series: _Series, *, window: tuple[datetime, datetime], zone: tzinfo
) -> Iterator[Occurrence]:
    for span in series.between(*window):
        yield Occurrence(
            event=span.adapter.place,
            start=seconds_of(span.start, zone),
            end=seconds_of(span.end, zone),
            moved_from=_moved_from(span, zone),
        )
    yield from _deleted(series, window=window, zone=zone)


def _moved_from(span: _Span, zone: tzinfo) -> int | None:
    adapter = span.adapter
    if not adapter.is_modification() or adapter.this_and_future:
        return None
    planned = adapter.event["RECURRENCE-ID"].dt
    if not isinstance(planned, datetime):  # Outlook names the day only
        is_moved = convert_to_date(span.start) != planned
    else:
        is_moved = seconds_of(planned, zone) != seconds_of(span.start, zone)
    return seconds_of(planned, zone) if is_moved else None


def _deleted(
    series: _Series, *, window: tuple[datetime, datetime], zone: tzinfo
) -> Iterator[Occurrence]:
    """Yield what the rule gives and EXDATE takes away: cancelled, not just absent."""
    rule = series.recurrence
    if not (rule.check_exdates_datetime or rule.check_exdates_date):
        return
    seen = set()
    first, last = (int(edge.timestamp()) for edge in window)
    for start in series.rrule_between(*window):
        is_excluded = convert_to_date(start) in rule.check_exdates_date or bool(
            rule.check_exdates_datetime & set(to_recurrence_ids(start))
        )
        begin = seconds_of(start, zone)
        end = seconds_of(start + rule.core.duration, zone)
        if is_excluded and begin not in seen and begin < last and end > first:
            seen.add(begin)
            yield Occurrence(event=rule.core.place, start=begin, end=end, is_deleted=True)


def seconds_of(moment: date | datetime, zone: tzinfo) -> int:
    """Return seconds since 1970; days and times without a zone are read in `zone`."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    if not 1 < moment.year < 9999:  # the first and last year do not exist in every zone
        raise ValueError(f"the year {moment.year} is out of reach")
    return int(moment.timestamp())


def _refuse_endless(adapters: Iterable[_Adapter], *, end: datetime) -> None:
    """Refuse rules on which the library would work for minutes, or for ever."""
    for adapter in adapters:
        for rule in all_of(adapter.event, "RRULE"):
            text = rule.to_ical().decode()
            if interval(rule) < 1:
                raise ValueError(f"the rule {text} needs an INTERVAL of at least 1")
            if _never_happens(rule):
                raise ValueError(f"the rule {text} names a day that no month has")
            if _steps(rule, adapter=adapter, end=end) > MAX_STEPS:
                raise ValueError(f"the rule {text} takes more than {MAX_STEPS:,} steps")


def _steps(rule: Any, *, adapter: _Adapter, end: datetime) -> float:
    """Return how many times the rule steps from its start to the end of the window."""
    frequency = str(rule.get("FREQ", [""])[0]).upper()
    step = _STEP.get(frequency, timedelta(days=28))
    if step < timedelta(days=1) and any(name in rule for name in _RARE):
        return float("inf")
    first = datetime.combine(convert_to_date(adapter.start), time(), end.tzinfo)
    steps = (end - first) / (step * interval(rule))
    times = prod(len(all_of(rule, name)) or 1 for name in _TIMES)
    if times > 1:  # at many times of each day, or of each hour
        steps = times * (max(steps, (end - first) / _DAY) if step >= _DAY else steps)
    return min([steps, *map(float, rule.get("COUNT", []))])


def _never_happens(rule: Any) -> bool:
    months, days = rule.get("BYMONTH", []), rule.get("BYMONTHDAY", [])
    return bool(months and days) and all(
        abs(int(day)) > monthrange(2020, int(month))[1] for month in months for day in days
    )
