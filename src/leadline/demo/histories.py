"""From stints to commits: who touched which file, when, and with which words.

Nothing here runs git; a history is a list of values, the same for the same seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from leadline.demo.projects import Area, Project, Rename, Stint
from leadline.demo.team import Team
from leadline.demo.texts import Text, bump, first_message, message
from leadline.practice.people import Person

_ZONES = {"DE": ZoneInfo("Europe/Berlin"), "ES": ZoneInfo("Europe/Madrid")}
_FRIDAY = 4
_WITH_PULL_REQUEST = 0.7
"""Share of commits whose first line ends in the number of a pull request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """One commit: who, when, why, what stands in its files, and what it renamed."""

    author: Person
    at: datetime
    message: str
    files: dict[str, bytes]
    renames: tuple[tuple[str, str], ...] = ()


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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Work:
    """One sitting: somebody works on an area, or renames something in it."""

    at: datetime
    who: str
    area: Area | None = None
    rename: Rename | None = None


def history(project: Project, *, team: Team, today: date, seed: int) -> History:
    """Live through a project's story, up to the day before `today`."""
    dice = Random(f"{seed}/{project.name}")  # noqa: S311 # nosec B311: a story, no secret
    zones = {who: _ZONES[person.country] for who, person in team.committers.items()}
    clock = _Clock(today=today, zones=zones, dice=dice)
    work = [
        _Work(at=clock.sitting(stint), who=stint.who, area=area)
        for area in project.areas
        for stint in area.stints
        for _ in range(stint.commits)
    ]
    work += [
        _Work(at=clock.at(rename.days_ago, rename.who), who=rename.who, rename=rename)
        for rename in project.renames
    ]
    work.sort(key=lambda sitting: sitting.at)
    writer = _Writer(project=project, team=team, today=today, dice=dice)
    first = writer.found(at=clock.at(project.born_days_ago, project.founder))
    tags = (
        Tag(
            name=f"v1.{number}",
            tagger=team.committers[project.tagger],
            at=clock.at(days_ago, project.tagger),
        )
        for number, days_ago in enumerate(project.tags_days_ago)
    )
    return History(
        commits=(first, *(writer.write(sitting) for sitting in work)), tags=tuple(tags)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Clock:
    """Draws times of day on working days."""

    today: date
    zones: dict[str, ZoneInfo]
    dice: Random

    def sitting(self, stint: Stint) -> datetime:
        return self.at(self.dice.randint(stint.until_days_ago, stint.from_days_ago), stint.who)

    def at(self, days_ago: int, who: str) -> datetime:
        day = self.today - timedelta(days=days_ago)
        day -= timedelta(days=max(0, day.weekday() - _FRIDAY))
        moment = time(
            self.dice.randint(9, 17), self.dice.randrange(60), self.dice.randrange(60)
        )
        return datetime.combine(day, moment, self.zones.get(who, ZoneInfo("UTC")))


class _Writer:
    """Keeps the files as they stand while the commits are written in order."""

    def __init__(self, *, project: Project, team: Team, today: date, dice: Random) -> None:
        self._project = project
        self._team = team
        self._today = today
        self._dice = dice
        self._texts: dict[str, Text] = {}
        self._pending = {id(area): list(area.files) for area in project.areas}
        self._left = {
            id(area): sum(stint.commits for stint in area.stints) for area in project.areas
        }
        self._renamed: set[Rename] = set()
        self._pull_request = 0

    def found(self, *, at: datetime) -> Commit:
        """Write the first commit: the README, with what the project is for."""
        project = self._project
        readme = f"# {project.name}\n\n{project.purpose}\n\n{project.readme}\n"
        return Commit(
            author=self._author(project.founder, at),
            at=at,
            message=f"Begin {project.name}",
            files={"README.md": readme.encode()},
        )

    def write(self, work: _Work) -> Commit:
        """Write the commit of one sitting."""
        renames: tuple[tuple[str, str], ...] = ()
        files: dict[str, bytes] = {}
        if work.rename is not None:
            renames, words = self._rename(work.rename), self._about(work.rename)
        elif work.who == "bot" and work.area is not None:
            path = next(iter(work.area.files))
            text = self._texts.setdefault(path, Text(purpose=""))
            words = bump(text, dice=self._dice)
            files = {path: text.render(path)}
        else:
            files, words = self._change(work.area or self._project.areas[0])
        return Commit(
            author=self._author(work.who, work.at),
            at=work.at,
            message=words + self._number(),
            files=files,
            renames=renames,
        )

    def _change(self, area: Area) -> tuple[dict[str, bytes], str]:
        """Make the area's next file, or change one to three that are there."""
        self._left[id(area)] -= 1
        pending = self._pending[id(area)]
        there = [file for file in area.files if file not in pending]
        is_new = bool(pending) and (
            not there or self._left[id(area)] <= len(pending) or self._dice.random() < 0.5
        )
        if is_new:
            chosen = [pending.pop(0)]
        else:
            chosen = self._dice.sample(
                there, k=min(len(there), self._dice.choice((1, 1, 2, 3)))
            )
        files, words = {}, ""
        for file in chosen:
            path = self._path_now(area.path(file))
            text = self._texts.setdefault(path, Text(purpose=area.files[file]))
            change = text.change(knobs=area.knobs, dice=self._dice)
            files[path] = text.render(path)
            words = words or message(path=path, change=change, dice=self._dice)
        if is_new:
            words = first_message(path=path, purpose=text.purpose)
        return files, words

    def _rename(self, rename: Rename) -> tuple[tuple[str, str], ...]:
        """Give every file that stands under the old name its new one."""
        self._renamed.add(rename)
        moved = [path for path in self._texts if path.startswith(rename.old)]
        for path in moved:
            self._texts[path.replace(rename.old, rename.new, 1)] = self._texts.pop(path)
        return tuple((path, path.replace(rename.old, rename.new, 1)) for path in moved)

    def _about(self, rename: Rename) -> str:
        return f"Call {rename.old.rstrip('/')} what it is: {rename.new.rstrip('/')}"

    def _path_now(self, path: str) -> str:
        """Return the name that a file has before the renames that are still to come."""
        for rename in self._project.renames:
            if rename not in self._renamed and path.startswith(rename.new):
                return path.replace(rename.new, rename.old, 1)
        return path

    def _author(self, who: str, at: datetime) -> Person:
        """Return who signs: an old address at first, a second machine at times."""
        signing = self._team.signing(who)
        if who == "mira":
            return signing[at.date() < self._today - timedelta(days=400)]
        return signing[len(signing) > 1 and self._dice.random() < 0.2]

    def _number(self) -> str:
        if self._dice.random() > _WITH_PULL_REQUEST:
            return ""
        self._pull_request += self._dice.randint(1, 3)
        return f" (#{self._pull_request})"
