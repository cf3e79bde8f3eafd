"""The knowledge map of a repository: who knows which part of it, by name."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Container, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter

from leadline.errors import InputError
from leadline.practice.knowledge.areas import Area, KnownFile, area_of, counted, ranked
from leadline.practice.knowledge.authorship import Lineages
from leadline.practice.knowledge.facts import History, Identity, Tag, day_of
from leadline.practice.knowledge.identities import (
    Contributor,
    Merge,
    SuggestedMerge,
    WhoIsWho,
    who_is_who,
)
from leadline.practice.knowledge.members import HERE, LEFT, QUIET, UNLISTED, Member
from leadline.practice.knowledge.source_files import is_source
from leadline.practice.knowledge.truck_factor import (
    AUTHORSHIP,
    MAIN_CHANGER,
    TruckFactor,
    key_authors,
)
from leadline.practice.people import Person

RECENT_DAYS = 180
"""A touch within so many days is recent."""

QUIET_DAYS = 365
"""Who is in no people file and was not seen for so long is taken as gone: one year, after
Avelino, Constantinou, Valente, Serebrenik (2019), On the abandonment and survival of open
source projects, ESEM."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnowledgeMap:
    """Who knows what in one repository, on one day.

    Attributes
    ----------
    name, location, branch, head : str
        Which repository, read up to which commit.
    today : date
        The day it was worked out for.
    recent_since : date
        From when on a touch is recent.
    members : tuple of Member
        Every human being who stands on a commit.
    files : tuple of KnownFile
        Every file that stands at `head`, sorted by path.
    truck_factor, second_opinion : TruckFactor
        By degree of authorship, and by a simpler algorithm that may disagree.
    suggested_merges : tuple of SuggestedMerge
        Contributors who may be one person, for someone to confirm.
    bots : tuple of Identity
        Programs, left out of everything.
    last_on : date or None
        The day of the last commit by a human being.
    tags : tuple of Tag
        The repository's tags, oldest first.
    readme : str
        The text of the README, where it was at hand.
    cut : bool
        Whether older history is missing.
    notes : tuple of str
        What could not be known, each one sentence.
    """

    name: str
    location: str
    branch: str
    head: str
    today: date
    recent_since: date
    members: tuple[Member, ...]
    files: tuple[KnownFile, ...]
    truck_factor: TruckFactor
    second_opinion: TruckFactor
    suggested_merges: tuple[SuggestedMerge, ...]
    bots: tuple[Identity, ...]
    last_on: date | None
    tags: tuple[Tag, ...]
    readme: str
    cut: bool
    notes: tuple[str, ...]
    _ranked: dict[str, list[int]] = field(default_factory=dict, repr=False, compare=False)
    _folders: dict[int, dict[str, list[KnownFile]]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _areas: dict[tuple[str, frozenset[int]], Area] = field(
        default_factory=dict, repr=False, compare=False
    )

    def area(self, path: str = "", *, absent: Collection[str] = ()) -> Area:
        """Return one folder or file; the whole repository without a path.

        Parameters
        ----------
        path : str
            Within the repository.
        absent : collection of str
            Addresses of people to be taken as gone (a leave, a holiday).

        Raises
        ------
        InputError
            No file at `head` has this path or stands below it.
        """
        inside = self.files_in(path)
        if not inside:
            commit = self.head[:12] or "its head"
            raise InputError(
                f"{self.name} has no file or folder {path!r} at {commit}",
                hint="`leadline knowledge REPO --depth 2` lists the folders",
            )
        return self._area(path.strip("/"), inside, here=self._here(absent))

    def areas(self, *, depth: int = 1, absent: Collection[str] = ()) -> tuple[Area, ...]:
        """Return every folder down to `depth` levels, parents before children, by path.

        Files at the top of the repository belong to no folder: `area("")` has them too.
        """
        here = self._here(absent)
        below = self._below(depth)
        return tuple(self._area(path, files, here=here) for path, files in below.items())

    def files_in(self, path: str) -> Sequence[KnownFile]:
        """Return the files of an area; empty where there are none."""
        clean = path.strip("/")
        if not clean:
            return self.files
        inside = self._between(f"{clean}/", f"{clean}0")  # "0" follows "/" in every order
        return inside or self._between(clean, f"{clean}\0")

    def ranked_authors(self, path: str = "") -> Sequence[int]:
        """Return the authors of an area by index in `members`, who knows most of it first."""
        if path not in self._ranked:
            self._ranked[path] = ranked(self.files_in(path))
        return self._ranked[path]

    def member(self, address: str) -> Member | None:
        """Return who is known by an address, if anybody is."""
        key = address.casefold()
        return next((m for m in self.members if key in m.contributor.emails), None)

    def _below(self, depth: int) -> dict[str, list[KnownFile]]:
        """Return the files of every folder down to `depth` levels, sorted by path."""
        if depth not in self._folders:
            below: dict[str, list[KnownFile]] = defaultdict(list)
            for file in self.files:
                parts = file.path.split("/")[:-1]
                for level in range(1, min(depth, len(parts)) + 1):
                    below["/".join(parts[:level])].append(file)
            self._folders[depth] = dict(sorted(below.items()))
        return self._folders[depth]

    def _between(self, first: str, end: str) -> Sequence[KnownFile]:
        start, stop = (
            bisect_left(self.files, at, key=attrgetter("path")) for at in (first, end)
        )
        return self.files[start:stop]

    def _here(self, absent: Collection[str]) -> frozenset[int]:
        away = {address.casefold() for address in absent}
        return frozenset(
            index
            for index, member in enumerate(self.members)
            if member.is_here and away.isdisjoint(member.contributor.emails)
        )

    def _area(self, path: str, files: Sequence[KnownFile], *, here: frozenset[int]) -> Area:
        """Work an area out once: risks, gaps and the page all ask for the same ones."""
        if (path, here) not in self._areas:
            self._areas[path, here] = area_of(
                path, files, members=self.members, here=here, recent_since=self.recent_since
            )
        return self._areas[path, here]


def knowledge_map(
    history: History,
    *,
    today: date,
    people: Sequence[Person] = (),
    merges: Sequence[Merge] = (),
    left_out: Container[str] = frozenset(),
    recent_days: int = RECENT_DAYS,
    quiet_days: int = QUIET_DAYS,
) -> KnowledgeMap:
    """Work out who knows what in a repository.

    Parameters
    ----------
    history : History
        The repository's own log.
    today : date
        The day to work it out for.
    people : sequence of Person
        The people file: who is here and who has left.
    merges : sequence of Merge
        Identities that someone confirmed or refused to be one person.
    left_out : container of str
        Addresses of people who asked to be forgotten; what they wrote has no author.
    recent_days, quiet_days : int
        What counts as recent, and after how long somebody outside the people file is
        taken as gone.

    Returns
    -------
    KnowledgeMap
        Names, dates and places; nothing that counts anybody's commits.
    """
    who = who_is_who(history.authors, people=people, merges=merges, left_out=left_out)
    lineages = Lineages(history, contributor_of=who.of)
    familiar = lineages.familiar_with(latest=today)
    main_changers = lineages.main_changers()
    files = tuple(
        KnownFile(path, is_source(path), familiar[path]) for path in sorted(history.files)
    )
    seen = _last_seen(history, who=who, today=today)
    members = tuple(
        _member(contributor, last_on=seen.get(index), today=today, quiet_days=quiet_days)
        for index, contributor in enumerate(who.contributors)
    )
    chosen = counted(files)
    source = any(file.source for file in files)
    which = "source files" if source else "all files: none is recognised as source"
    return KnowledgeMap(
        name=history.name,
        location=history.location,
        branch=history.branch,
        head=history.head,
        today=today,
        recent_since=today - timedelta(days=recent_days),
        members=members,
        files=files,
        truck_factor=_factor(
            [[f.contributor for f in file.familiar if f.author] for file in chosen],
            members=members,
            algorithm=AUTHORSHIP,
            files=which,
            cut=history.cut,
        ),
        second_opinion=_factor(
            [main_changers[file.path] for file in chosen],
            members=members,
            algorithm=MAIN_CHANGER,
            files=which,
            cut=history.cut,
        ),
        suggested_merges=who.suggested,
        bots=who.bots,
        last_on=max(seen.values(), default=None),
        tags=history.tags,
        readme=history.readme,
        cut=history.cut,
        notes=(*history.notes, *_date_notes(history, today=today)),
    )


def _last_seen(history: History, *, who: WhoIsWho, today: date) -> dict[int, date]:
    last: dict[int, int] = {}
    for author, at in zip(history.touches.author, history.touches.at, strict=True):
        contributor = who.of[author]
        if contributor is not None:
            last[contributor] = max(at, last.get(contributor, at))
    return {contributor: min(day_of(at), today) for contributor, at in last.items()}


def _member(
    contributor: Contributor, *, last_on: date | None, today: date, quiet_days: int
) -> Member:
    person = contributor.person
    if person is not None:
        presence = LEFT if person.has_left(on=today) else HERE
    else:
        seen_lately = last_on is not None and (today - last_on).days <= quiet_days
        presence = UNLISTED if seen_lately else QUIET
    return Member(
        contributor=contributor,
        presence=presence,
        last_on=last_on,
        ends_on=person.ends_on if person else None,
    )


def _factor(
    authors: Sequence[Sequence[int]],
    *,
    members: Sequence[Member],
    algorithm: str,
    files: str,
    cut: bool,
) -> TruckFactor:
    gone = () if cut else key_authors(authors)
    if cut:
        reason = "the history is cut (a shallow clone): who wrote what is older is unknown"
    elif not authors:
        reason = "there are no files"
    else:
        reason = "fewer than half of the files have an author in the history"
    return TruckFactor(
        number=len(gone) or None,
        key_people=tuple(members[index] for index in gone),
        algorithm=algorithm,
        files=files,
        reason="" if gone else reason,
    )


def _date_notes(history: History, *, today: date) -> tuple[str, ...]:
    at = history.touches.at
    notes = []
    if day_of(max(at, default=1)) > today:
        notes.append(f"Some commits are dated after {today}; they count as of that day.")
    if min(at, default=1) <= 0:
        notes.append("Some commits are dated 1970 or before; when they were made is unknown.")
    return tuple(notes)
