"""Who is who: joins the identities on commits that are certainly one person, and asks
about those that may be.

Certain: the same address, the same full name of two or more words, the addresses of one
row of the people file, and what someone confirmed. Everything else is a suggestion.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace

from leadline.practice.knowledge.bots import is_bot
from leadline.practice.knowledge.facts import Identity
from leadline.practice.knowledge.names import (
    LIKENESSES,
    address_key,
    full_name_key,
    likeness_keys,
)
from leadline.practice.people import Person

_CROWD = 4
"""A likeness shared by more identities than this says nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Merge:
    """What someone confirmed about two addresses: one person, or not."""

    first: str
    second: str
    same: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class SuggestedMerge:
    """Two contributors who may be one person, for someone to confirm."""

    first: Identity
    second: Identity
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Contributor:
    """One human being who stands on commits.

    Attributes
    ----------
    name : str
        As the people file writes it, else the fullest name on commits.
    emails : tuple of str
        Every address, lower-case; with a person, the people file's first address leads.
    person : Person or None
        The row of the people file, if there is one.
    joined : tuple of str
        Why several identities are this one contributor; empty where there was only one.
    """

    name: str
    emails: tuple[str, ...]
    person: Person | None = None
    joined: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The address that names this contributor."""
        return self.emails[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class WhoIsWho:
    """Identities resolved.

    Attributes
    ----------
    contributors : tuple of Contributor
        Every human being.
    of : tuple of (int or None)
        For each identity given, the index of its contributor; None for a program.
    suggested : tuple of SuggestedMerge
        Near matches that someone should confirm or refuse.
    bots : tuple of Identity
        The programs, which are left out of everything.
    """

    contributors: tuple[Contributor, ...]
    of: tuple[int | None, ...]
    suggested: tuple[SuggestedMerge, ...]
    bots: tuple[Identity, ...]


class _Groups:
    """Disjoint sets of identities that never put two people of the file into one."""

    def __init__(self, size: int) -> None:
        self.parent = list(range(size))
        self.person: list[Person | None] = [None] * size
        self.reasons: dict[int, set[str]] = defaultdict(set)
        self.refused: set[frozenset[int]] = set()

    def find(self, item: int) -> int:
        while self.parent[item] != item:
            self.parent[item] = self.parent[self.parent[item]]
            item = self.parent[item]
        return item

    def members(self, item: int) -> list[int]:
        root = self.find(item)
        return [other for other in range(len(self.parent)) if self.find(other) == root]

    def may_join(self, first: int, second: int) -> bool:
        one, two = self.person[self.find(first)], self.person[self.find(second)]
        if one is not None and two is not None and one is not two:
            return False
        if not self.refused:
            return True
        return not any(
            frozenset((here, there)) in self.refused
            for here in self.members(first)
            for there in self.members(second)
        )

    def join(self, first: int, second: int, reason: str) -> None:
        one, two = self.find(first), self.find(second)
        if one == two or not self.may_join(one, two):
            return
        one, two = sorted((one, two))
        self.parent[two] = one
        self.person[one] = self.person[one] or self.person[two]
        self.reasons[one] |= self.reasons.pop(two, set()) | {reason}

    def join_equal(self, keys: Iterable[tuple[int, str]], reason: Callable[[str], str]) -> None:
        together: dict[str, list[int]] = defaultdict(list)
        for item, key in keys:
            if key:
                together[key].append(item)
        for key, items in together.items():
            people = {id(p) for i in items if (p := self.person[self.find(i)])}
            if len(people) > 1:  # two people of the file share a name: nobody is guessed
                continue
            for other in items[1:]:
                self.join(items[0], other, reason(key))


def who_is_who(
    authors: Sequence[Identity],
    *,
    people: Sequence[Person] = (),
    merges: Sequence[Merge] = (),
    left_out: Container[str] = frozenset(),
) -> WhoIsWho:
    """Resolve the identities on commits to human beings.

    Parameters
    ----------
    authors : sequence of Identity
        Every identity on a commit, after the repository's mailmap.
    people : sequence of Person
        The people file; all addresses of a row are one person, and never a program.
    merges : sequence of Merge
        What someone confirmed or refused.
    left_out : container of str
        Addresses of people who asked to be forgotten: nobody's, from here on.

    Returns
    -------
    WhoIsWho
        Contributors, which identity belongs to whom, suggestions, programs.
    """
    order = sorted(range(len(authors)), key=lambda i: _canonical(authors[i]))
    resolved = _resolve(
        [authors[index] for index in order], people=people, merges=merges, left_out=left_out
    )
    at = dict(zip(order, resolved.of, strict=True))
    return replace(resolved, of=tuple(at[index] for index in range(len(authors))))


def _canonical(identity: Identity) -> tuple[str, str, str]:
    """Return a key to sort by, so that the order in which git names people is no matter."""
    return identity.email.casefold(), identity.name, identity.email


def _resolve(
    authors: Sequence[Identity],
    *,
    people: Sequence[Person],
    merges: Sequence[Merge],
    left_out: Container[str],
) -> WhoIsWho:
    listed = {address_key(email): person for person in people for email in person.emails}
    humans = [
        index
        for index, author in enumerate(authors)
        if (address_key(author.email) in listed or not is_bot(author))
        and author.email.casefold() not in left_out
    ]
    groups = _grouped(authors, humans=humans, people=people, listed=listed, merges=merges)
    roots = sorted({groups.find(index) for index in humans})
    place = {root: index for index, root in enumerate(roots)}
    together: dict[int, list[Identity]] = defaultdict(list)
    for index in humans:
        together[groups.find(index)].append(authors[index])
    human = set(humans)
    return WhoIsWho(
        contributors=tuple(
            _contributor(
                together[root],
                person=groups.person[root],
                joined=groups.reasons.get(root, ()),
            )
            for root in roots
        ),
        of=tuple(
            place[groups.find(index)] if index in human else None
            for index in range(len(authors))
        ),
        suggested=_suggestions(authors, humans=humans, groups=groups),
        bots=tuple(
            author
            for index, author in enumerate(authors)
            if index not in human and author.email.casefold() not in left_out
        ),
    )


def _grouped(
    authors: Sequence[Identity],
    *,
    humans: Sequence[int],
    people: Sequence[Person],
    listed: dict[str, Person],
    merges: Sequence[Merge],
) -> _Groups:
    groups = _Groups(len(authors))
    addresses = [address_key(author.email) for author in authors]
    names = [full_name_key(author.name) for author in authors]
    at_address: dict[str, list[int]] = defaultdict(list)
    for index in humans:
        groups.person[index] = listed.get(addresses[index])
        at_address[addresses[index]].append(index)
    for merge in merges:
        if not merge.same:
            ones, twos = (at_address[address_key(e)] for e in (merge.first, merge.second))
            groups.refused |= {frozenset((one, two)) for one in ones for two in twos}
    groups.join_equal(((i, addresses[i]) for i in humans), lambda key: f"same address {key}")
    rows = {id(person): person for person in listed.values()}
    groups.join_equal(
        ((i, str(id(p))) for i in humans if (p := groups.person[i])),
        lambda key: f"the people file's addresses of {rows[int(key)].name}",
    )
    for merge in merges:
        ones, twos = (at_address[address_key(e)] for e in (merge.first, merge.second))
        if merge.same and ones and twos:
            groups.join(ones[0], twos[0], "confirmed by someone")
    groups.join_equal(((i, names[i]) for i in humans), lambda key: f"same full name “{key}”")
    _name_the_rest(groups, humans=humans, names=names, people=people)
    return groups


def _name_the_rest(
    groups: _Groups,
    *,
    humans: Sequence[int],
    names: Sequence[str],
    people: Sequence[Person],
) -> None:
    """Give groups without a row of the people file the row with the same full name."""
    rows: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        rows[full_name_key(person.name)].append(person)
    rows.pop("", None)
    first_of = {id(groups.person[i]): i for i in humans if groups.person[i] is not None}
    for index in humans:
        same = rows.get(names[index], [])
        root = groups.find(index)
        if len(same) != 1 or groups.person[root] is not None:
            continue
        reason = f"same full name as {same[0].name} in the people file"
        if id(same[0]) in first_of:
            groups.join(first_of[id(same[0])], index, reason)
        else:
            groups.person[root] = same[0]
            groups.reasons[root].add(reason)
            first_of[id(same[0])] = root


def _contributor(
    identities: Sequence[Identity], *, person: Person | None, joined: Iterable[str]
) -> Contributor:
    addresses = dict.fromkeys(person.emails if person else ())
    addresses |= dict.fromkeys(i.email.casefold() for i in reversed(identities) if i.email)
    fullest = max(identities, key=lambda i: (len(i.name.split()) > 1, bool(i.name.strip())))
    name = person.name if person else fullest.name.strip() or fullest.email or "(no name)"
    return Contributor(
        name=name,
        emails=tuple(addresses) or (name,),
        person=person,
        joined=tuple(sorted(joined)),
    )


def _suggestions(
    authors: Sequence[Identity], *, humans: Sequence[int], groups: _Groups
) -> tuple[SuggestedMerge, ...]:
    alike: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for index in humans:
        for key in likeness_keys(authors[index]):
            alike[key].setdefault(groups.find(index), index)
    found: dict[tuple[int, int], SuggestedMerge] = {}
    for (reason, _), at_root in sorted(alike.items()):
        if not 1 < len(at_root) <= _CROWD:
            continue
        (first_root, first), *others = sorted(at_root.items())
        for root, index in others:
            if groups.may_join(first, index):
                found.setdefault(
                    (first_root, root),
                    SuggestedMerge(
                        first=authors[first], second=authors[index], reason=LIKENESSES[reason]
                    ),
                )
    return tuple(found[pair] for pair in sorted(found))
