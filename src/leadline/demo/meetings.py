"""The lead's weeks: what stands in her calendar from six months back to three ahead.

A meeting is a value; `ics` writes it down. All times are in the lead's time zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from leadline.demo.team import DOMAIN, Team, monday
from leadline.practice.people import Person

WEEKS_BACK, WEEKS_AHEAD = 26, 13
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What became of one occurrence of a series.

    Attributes
    ----------
    on : date
        The day the series has it on.
    to : datetime or None
        The new start, where it was moved.
    cancelled : bool
        Called off, and still in the calendar as such.
    declined_by : str
        The address that said no, where somebody did.
    """

    on: date
    to: datetime | None = None
    cancelled: bool = False
    declined_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Meeting:
    """A single meeting or a series, as the lead's calendar has it.

    Attributes
    ----------
    slug : str
        Names it, and never changes.
    start : datetime
        Naive, in the lead's time zone; at midnight where `all_day`.
    minutes : int
        Its length; of an all-day entry too.
    invited : tuple of Person
        Everyone but the lead.
    organizer : Person or None
        None: the lead.
    rule : str
        The value of an RRULE; empty for a single meeting.
    deleted : tuple of date
        Occurrences that were taken out of the series.
    changes : tuple of Change
        Occurrences that were moved, called off or declined.
    answer : str
        The lead's own answer, a PARTSTAT.
    is_busy : bool
        Whether it takes the lead's time.
    """

    slug: str
    title: str
    start: datetime
    minutes: int
    invited: tuple[Person, ...] = ()
    organizer: Person | None = None
    agenda: str = ""
    rule: str = ""
    deleted: tuple[date, ...] = ()
    changes: tuple[Change, ...] = ()
    answer: str = "ACCEPTED"
    all_day: bool = False
    is_busy: bool = True


def meetings(team: Team, *, today: date) -> Iterator[Meeting]:
    """Yield everything in the lead's calendar."""
    yield from _one_on_ones(team, today)
    yield from _project_meetings(team, today)
    yield from _status_meetings(team, today)
    yield from _hiring(team, today)
    yield from _own_time(team, today)


def _guest(name: str) -> Person:
    """Return somebody of the company who is not on the team."""
    first_name, _, _ = name.partition(" ")
    return Person(name=name, emails=(f"{first_name.lower()}@{DOMAIN}",))


HEAD = _guest("Renate Lotse")
PM_SEARCH = _guest("Hilde Kai")
PM_ADS = _guest("Tariq Molen")
PEOPLE_PARTNER = _guest("Wanda Reede")
OTHERS = tuple(
    _guest(name)
    for name in (
        "Abel Dock", "Bea Lotsen", "Cleo Buhne", "Dirk Siel", "Elba Faro", "Fiete Poller",
        "Gesa Priel", "Hugo Noray", "Ida Tonne", "Jon Pier", "Kaya Watt", "Leif Bake",
        "Maud Schleuse", "Nils Tide",
    )
)  # fmt: skip


def _on(today: date, *, week: int, weekday: int = 0, at: str = "00:00") -> datetime:
    day = monday(today=today, weeks=week) + timedelta(days=weekday)
    return datetime.combine(day, time.fromisoformat(at))


def _one_on_ones(team: Team, today: date) -> Iterator[Meeting]:
    """Weekly since she became the lead; Luca, who joined three weeks ago, has none yet."""
    slots = {
        "otto": (0, "11:00"),
        "mira": (0, "14:30"),
        "carmen": (1, "10:00"),
        "jonas": (1, "13:30"),
        "nuria": (2, "10:00"),
        "selma": (2, "11:00"),
        "piet": (3, "11:00"),
    }

    def day(who: str, week: int) -> date:
        return _on(today, week=week, weekday=slots[who][0]).date()

    def moved(who: str, week: int, weekday: int, at: str) -> Change:
        return Change(on=day(who, week), to=_on(today, week=week, weekday=weekday, at=at))

    changes = {
        # not met for five weeks: the lead called off every one since
        "otto": (
            Change(on=day("otto", -4), cancelled=True),
            Change(on=day("otto", -2), cancelled=True),
            Change(on=day("otto", -1), cancelled=True),
        ),
        "carmen": (
            moved("carmen", -6, 2, "16:00"),
            moved("carmen", -4, 3, "09:00"),
            moved("carmen", -2, 2, "08:30"),
        ),
        "mira": (Change(on=day("mira", -3), declined_by=team.members["mira"].key),),
        "jonas": (Change(on=day("jonas", -5), cancelled=True),),
    }
    deleted = {"otto": (day("otto", -3), day("otto", 0))}
    for who, (weekday, at) in slots.items():
        person = team.members[who]
        yield Meeting(
            slug=f"one-on-one-{who}",
            title=f"Ines / {person.name.split()[0]}",
            start=_on(today, week=-7, weekday=weekday, at=at),
            minutes=30,
            invited=(person,),
            rule="FREQ=WEEKLY",
            deleted=(*deleted.get(who, ()), day(who, 4)),  # week 4 is her vacation
            changes=changes.get(who, ()),
        )


def _project_meetings(team: Team, today: date) -> Iterator[Meeting]:
    of = team.members
    yield Meeting(
        slug="search-planning",
        title="Search ranking planning",
        start=_on(today, week=-26, weekday=0, at="13:00"),
        minutes=60,
        invited=(of["mira"], of["jonas"], of["nuria"], PM_SEARCH),
        organizer=PM_SEARCH,
        agenda="1. What the last experiment said\n2. What to try next\n3. Who needs what",
        rule="FREQ=WEEKLY",
    )
    yield Meeting(
        slug="ads-review",
        title="Ad geo match: model review",
        start=_on(today, week=-25, weekday=1, at="15:00"),
        minutes=60,
        invited=(of["carmen"], of["piet"], of["otto"], PM_ADS),
        agenda="Candidates of the last two weeks, and one decision",
        rule="FREQ=WEEKLY",
    )
    yield Meeting(
        slug="experiments",
        title="Experiment review",
        start=_on(today, week=-24, weekday=3, at="13:30"),
        minutes=45,
        invited=(of["mira"], of["carmen"], of["nuria"], of["piet"]),
        agenda="What was read out this week, and what we try next",
        rule="FREQ=WEEKLY",
    )
    yield Meeting(
        slug="brief-search-ranking",
        title="Project brief: search-ranking",
        start=_on(today, week=-5, weekday=2, at="14:00"),
        minutes=60,
        invited=(of["mira"], of["jonas"]),
        agenda="Purpose, data, metric, last experiments, open risks",
    )
    yield Meeting(
        slug="brief-ad-geo-match",
        title="Project brief: ad-geo-match",
        start=_on(today, week=1, weekday=3, at="14:00"),
        minutes=60,
        invited=(of["carmen"], of["otto"]),
        agenda="Purpose, data, metric, last experiments, open risks",
    )


def _status_meetings(team: Team, today: date) -> Iterator[Meeting]:
    """Series that pass on where things stand; the largest have no agenda."""
    everyone = tuple(person for person in team.members.values() if person.is_here(on=today))
    yield Meeting(
        slug="stand-up",
        title="Stand-up",
        start=_on(today, week=-26, weekday=0, at="09:30"),
        minutes=15,
        invited=everyone,
        agenda="What is stuck, and who can help",
        rule="FREQ=WEEKLY;BYDAY=MO,TU,WE,TH",
    )
    yield Meeting(
        slug="weekly-status",
        title="Weekly status: marketplace",
        start=_on(today, week=-26, weekday=2, at="15:00"),
        minutes=60,
        invited=(HEAD, PM_SEARCH, PM_ADS, *OTHERS),
        organizer=HEAD,
        rule="FREQ=WEEKLY",
    )
    yield Meeting(
        slug="ads-steering",
        title="Steering update: advertising",
        start=_on(today, week=-25, weekday=3, at="16:00"),
        minutes=45,
        invited=(PM_ADS, *OTHERS[:11]),
        organizer=PM_ADS,
        rule="FREQ=WEEKLY;INTERVAL=2",
    )
    yield Meeting(
        slug="all-hands",
        title="All hands",
        start=_on(today, week=-26, weekday=3, at="17:00"),
        minutes=60,
        invited=(HEAD, *OTHERS),
        organizer=HEAD,
        agenda="Numbers of the month, two teams show their work, questions",
        rule="FREQ=WEEKLY;INTERVAL=4",
        answer="TENTATIVE",
    )
    yield Meeting(
        slug="tooling-forum",
        title="Data tooling forum",
        start=_on(today, week=-20, weekday=4, at="11:00"),
        minutes=60,
        invited=OTHERS[2:8],
        organizer=OTHERS[3],
        rule="FREQ=WEEKLY",
        answer="DECLINED",
    )
    yield Meeting(
        slug="head",
        title="Ines / Renate",
        start=_on(today, week=-26, weekday=4, at="13:00"),
        minutes=30,
        invited=(HEAD,),
        organizer=HEAD,
        rule="FREQ=WEEKLY;INTERVAL=2",
    )


def _hiring(team: Team, today: date) -> Iterator[Meeting]:
    of = team.members
    slots = (
        (-12, 1, "jonas"), (-9, 3, "otto"), (-4, 3, "jonas"), (-3, 4, "jonas"),
        (-2, 3, "otto"), (-1, 4, "jonas"), (1, 1, "jonas"), (2, 3, "otto"),
    )  # fmt: skip
    for number, (week, weekday, who) in enumerate(slots, start=1):
        yield Meeting(
            slug=f"interview-{number}",
            title="Interview: ML engineer",
            start=_on(today, week=week, weekday=weekday, at="15:30"),
            minutes=60,
            invited=(of[who], PEOPLE_PARTNER),
            organizer=PEOPLE_PARTNER,
            agenda="The same five questions for everyone; your scores before the debrief",
        )
    yield Meeting(
        slug="debrief-1",
        title="Debrief: ML engineer",
        start=_on(today, week=-1, weekday=4, at="16:45"),
        minutes=30,
        invited=(of["jonas"], of["otto"], PEOPLE_PARTNER),
        organizer=PEOPLE_PARTNER,
        agenda="Scores first, then talk",
    )


def _own_time(team: Team, today: date) -> Iterator[Meeting]:
    until = datetime.combine(team.lead_since, time()) - timedelta(minutes=1)
    yield Meeting(
        slug="focus-before",
        title="Focus: evaluation of search",
        start=_on(today, week=-26, weekday=1, at="09:45"),
        minutes=135,
        rule=f"FREQ=WEEKLY;BYDAY=TU,TH;UNTIL={until:%Y%m%dT%H%M%SZ}",
    )
    yield Meeting(
        slug="focus",
        title="Focus: reading code",
        start=_on(today, week=-7, weekday=4, at="09:00"),
        minutes=150,
        rule="FREQ=WEEKLY",
        changes=(Change(on=_on(today, week=-2, weekday=4).date(), cancelled=True),),
    )
    for slug, week in (("vacation-past", -14), ("vacation", 4)):
        yield Meeting(
            slug=slug,
            title="Vacation",
            start=_on(today, week=week),
            minutes=5 * 24 * 60,
            all_day=True,
        )
    yield Meeting(
        slug="release-freeze",
        title="Release freeze",
        start=_on(today, week=2, weekday=3),
        minutes=2 * 24 * 60,
        all_day=True,
        is_busy=False,
    )
