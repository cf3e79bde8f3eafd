"""From stints to a history: who sat down to which area when, in order.

Nothing here runs git; a history is a list of values, the same for the same seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from leadline.demo.commits import Commit, Sitting, Writer
from leadline.demo.projects import Project
from leadline.demo.team import Team
from leadline.practice.people import Person

_ZONES = {"DE": ZoneInfo("Europe/Berlin"), "ES": ZoneInfo("Europe/Madrid")}
_FRIDAY = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Tag:
    """A release."""

    name: str
    tagger: Person
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """A repository's life on one branch, oldest first."""

    commits: tuple[Commit, ...]
    tags: tuple[Tag, ...]


def history(project: Project, *, team: Team, today: date, seed: int) -> History:
    """Live through a project's story, up to the day before `today`."""
    dice = Random(f"{seed}/{project.name}")  # noqa: S311 # nosec B311 # a story, no secret
    zones = {who: _ZONES[person.country] for who, person in team.committers.items()}
    clock = _Clock(today=today, zones=zones, dice=dice)
    sittings = [
        Sitting(
            at=clock.at(dice.randint(stint.until_days_ago, stint.from_days_ago), stint.who),
            who=stint.who,
            place=area,
        )
        for area in project.areas
        for stint in area.stints
        for _ in range(stint.commits)
    ]
    sittings += [
        Sitting(at=clock.at(rename.days_ago, rename.who), who=rename.who, place=rename)
        for rename in project.renames
    ]
    sittings.sort(key=lambda sitting: sitting.at)
    writer = Writer(project=project, team=team, today=today, dice=dice)
    first = writer.begin(at=clock.at(project.born_days_ago, project.founder))
    tags = (
        Tag(
            name=f"v1.{number}",
            tagger=team.committers[project.tagger],
            at=clock.at(days_ago, project.tagger),
        )
        for number, days_ago in enumerate(project.tags_days_ago)
    )
    return History(
        commits=(first, *(writer.write(sitting) for sitting in sittings)), tags=tuple(tags)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Clock:
    """Draws times of day on working days."""

    today: date
    zones: dict[str, ZoneInfo]
    dice: Random

    def at(self, days_ago: int, who: str) -> datetime:
        """Return a moment of somebody's working day; weekends become the Friday before."""
        day = self.today - timedelta(days=days_ago)
        day -= timedelta(days=max(0, day.weekday() - _FRIDAY))
        moment = time(
            self.dice.randint(9, 17), self.dice.randrange(60), self.dice.randrange(60)
        )
        return datetime.combine(day, moment, self.zones.get(who, ZoneInfo("UTC")))
