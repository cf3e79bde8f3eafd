"""Writing one commit after another, while the files that stand are remembered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from leadline.demo.projects import Area, Project, Rename
from leadline.demo.team import Team
from leadline.demo.texts import Text, bump, first_message, message
from leadline.practice.people import Person

_WITH_PULL_REQUEST = 0.7
"""Share of commits whose first line ends in the number of a pull request."""

_NEW_FILE = 0.5
"""Chance that a commit makes the area's next file while there is one to make."""

_SECOND_MACHINE = 0.2
_OLD_ADDRESS_UNTIL = timedelta(days=400)


@dataclass(frozen=True, kw_only=True, slots=True)
class Commit:
    """One commit: who, when, why, what stands in its files, and what it renamed."""

    author: Person
    at: datetime
    message: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    renames: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Sitting:
    """Somebody sits down to work on an area, or to give a thing its right name."""

    at: datetime
    who: str
    place: Area | Rename


class Writer:
    """Writes commits in order; nothing is kept between two of them but the files."""

    def __init__(self, *, project: Project, team: Team, today: date, dice: Random) -> None:
        self._project = project
        self._team = team
        self._today = today
        self._dice = dice
        self._texts: dict[str, Text] = {}
        self._to_come = list(project.renames)
        self._pull_request = 0

    def begin(self, *, at: datetime) -> Commit:
        """Write the first commit: the README, with what the project is for."""
        project = self._project
        charter = {"charter.toml": project.charter.encode()} if project.charter else {}
        readme = f"# {project.name}\n\n{project.purpose}\n\n{project.readme}\n"
        return Commit(
            author=self._author(project.founder, at=at),
            at=at,
            message=f"Begin {project.name}",
            files={"README.md": readme.encode(), **charter},
        )

    def write(self, sitting: Sitting) -> Commit:
        """Write the commit of one sitting."""
        renames: tuple[tuple[str, str], ...] = ()
        changed: Iterable[str] = ()
        if isinstance(sitting.place, Rename):
            words, renames = self._rename(sitting.place)
        elif sitting.who == "bot":
            words, changed = self._bump(sitting.place)
        else:
            words, changed = self._change(sitting.place)
        return Commit(
            author=self._author(sitting.who, at=sitting.at),
            at=sitting.at,
            message=words + self._number(),
            files={path: self._texts[path].render(path) for path in changed},
            renames=renames,
        )

    def _rename(self, rename: Rename) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Give every file that stands under the old name its new one."""
        self._to_come.remove(rename)
        moved = [path for path in self._texts if path.startswith(rename.old)]
        pairs = tuple((path, path.replace(rename.old, rename.new, 1)) for path in moved)
        for old, new in pairs:
            self._texts[new] = self._texts.pop(old)
        return f"Call {rename.old.strip('/')} what it is: {rename.new.strip('/')}", pairs

    def _bump(self, area: Area) -> tuple[str, Iterable[str]]:
        """Raise a version in the area's first file, as update bots do."""
        path = area.path(next(iter(area.files)))
        text = self._texts.setdefault(path, Text(purpose=""))
        return bump(text, dice=self._dice), (path,)

    def _change(self, area: Area) -> tuple[str, Iterable[str]]:
        """Make the area's next file, or change one to three that are there."""
        paths = {self._path_now(area.path(file)): why for file, why in area.files.items()}
        there = [path for path in paths if path in self._texts]
        if len(there) < len(paths) and (not there or self._dice.random() < _NEW_FILE):
            path = next(path for path in paths if path not in self._texts)
            text = self._texts[path] = Text(purpose=paths[path])
            text.change(knobs=area.knobs, dice=self._dice)
            return first_message(path=path, purpose=text.purpose), (path,)
        chosen = self._dice.sample(there, k=min(len(there), self._dice.choice((1, 1, 2, 3))))
        changes = [
            self._texts[path].change(knobs=area.knobs, dice=self._dice) for path in chosen
        ]
        return message(path=chosen[0], change=changes[0], dice=self._dice), chosen

    def _path_now(self, path: str) -> str:
        """Return the name that a file has before the renames that are still to come."""
        for rename in self._to_come:
            if path.startswith(rename.new):
                return path.replace(rename.new, rename.old, 1)
        return path

    def _author(self, who: str, *, at: datetime) -> Person:
        """Return who signs: an old address at first, a second machine at times."""
        signing = self._team.signing(who)
        if who == "mira":
            return signing[self._today - at.date() > _OLD_ADDRESS_UNTIL]
        return signing[len(signing) > 1 and self._dice.random() < _SECOND_MACHINE]

    def _number(self) -> str:
        if self._dice.random() > _WITH_PULL_REQUEST:
            return ""
        self._pull_request += self._dice.randint(1, 3)
        return f" (#{self._pull_request})"
