"""Who is looking: an e-mail address matched to the workspace file and the roster."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from leadline.records.roster import roster

if TYPE_CHECKING:
    from leadline.workspace import Workspace


class Role(StrEnum):
    """What somebody is in a workspace."""

    LEAD = "lead"
    MEMBER = "member"
    HEAD = "head"
    PARTNER = "people partner"
    GUEST = "guest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Viewer:
    """Somebody who looks at the workspace.

    Attributes
    ----------
    email : str
        The first of their addresses, in lower case: what records say of authors and owners.
        Empty for a guest.
    name : str
        How they are greeted.
    addresses : frozenset of str
        Every address of theirs that the roster knows.
    roles : frozenset of Role
        What they are here.
    page : str
        The one page that a guest may see; empty for anybody else.
    """

    email: str
    name: str
    addresses: frozenset[str]
    roles: frozenset[Role]
    page: str = ""

    @property
    def is_lead(self) -> bool:
        """Whether the workspace is theirs."""
        return Role.LEAD in self.roles


def viewer_of(workspace: Workspace, address: str, *, today: date) -> Viewer | None:
    """Return who uses an address in a workspace; None for a stranger.

    The lead is who the workspace file says. A member is on the roster and has not left.
    The head is whom the roster names as the lead's lead, or the workspace file names; a
    people partner is only whom the workspace file names.
    """
    wanted = address.strip().lower()
    if wanted.isascii() and not address.isascii():
        return None  # a letter that only looks like another, such as the sign of the Kelvin
    settings = workspace.configuration
    people = roster()
    person = next((one for one in people if wanted in one.emails), None)
    addresses = frozenset({wanted, *(person.emails if person else ())})
    lead = frozenset(email.lower() for email in settings.lead.emails)
    roles = set()
    if addresses & lead:
        roles.add(Role.LEAD)
        addresses |= lead
    elif person and not person.has_left(on=today):
        roles.add(Role.MEMBER)
    heads = {email.lower() for email in settings.access.head}
    heads |= {one.lead.lower() for one in people if lead.intersection(one.emails) and one.lead}
    if addresses & heads:
        roles.add(Role.HEAD)
    if addresses & {email.lower() for email in settings.access.people_partner}:
        roles.add(Role.PARTNER)
    if not roles:
        return None
    if Role.LEAD in roles:
        email, name = settings.lead.emails[0].lower(), settings.lead.name
    else:
        email, name = (person.key.lower(), person.name) if person else (wanted, wanted)
    return Viewer(email=email, name=name, addresses=addresses, roles=frozenset(roles))


def assistant_of(person: Viewer) -> Viewer:
    """Return what a person's assistant is here: somebody of the team, and nobody's confidant.

    What it reads may leave the machine for the model behind it. So it is told the team's
    work, as every member may read it: nothing that only the lead or a people partner reads,
    and nothing that is between two people, were it the person's own.
    """
    roles = set(person.roles & {Role.MEMBER, Role.HEAD})
    if person.is_lead:
        roles.add(Role.MEMBER)
    return Viewer(email="", name=person.name, addresses=frozenset(), roles=frozenset(roles))


def guest_of(page: str) -> Viewer:
    """Return somebody who was given a link to one page, and may see nothing else."""
    return Viewer(
        email="", name="", addresses=frozenset(), roles=frozenset({Role.GUEST}), page=page
    )
