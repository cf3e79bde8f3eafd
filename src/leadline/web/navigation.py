"""The pages in the menu, in the order of a lead's week."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leadline.records.access import Role, Viewer, may_read


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line of the menu.

    Attributes
    ----------
    label : str
        As it is read.
    name : str
        The name of the page's address.
    kind : str
        Who may read records of this kind sees the line.
    is_of_reports : bool
        Whether its page is only about a report and the lead: it has nothing for others.
    keys : str
        What opens it from the keyboard, as `aria-keyshortcuts` says it.
    """

    label: str | Promise
    name: str
    kind: str
    is_of_reports: bool = False
    keys: str = ""


MENU = (
    (
        Entry(label=_("Brief"), name="brief", kind="brief"),
        Entry(label=_("Projects"), name="projects", kind="project"),
        Entry(label=_("Experiments"), name="experiments", kind="experiment"),
        Entry(label=_("Reading"), name="reading", kind="project"),
        Entry(label=_("Report"), name="report", kind="report"),
    ),
    (
        Entry(label=_("People"), name="people", kind="people", is_of_reports=True),
        Entry(
            label=_("One-on-ones"), name="one-on-ones", kind="one-on-one", is_of_reports=True
        ),
        Entry(label=_("First 90 days"), name="first-days", kind="first days"),
        Entry(label=_("Feedback"), name="feedback", kind="feedback"),
        Entry(label=_("Growth"), name="growth", kind="growth", is_of_reports=True),
        Entry(label=_("Hiring"), name="hiring", kind="interview kit"),
        Entry(label=_("Leaving"), name="leaving", kind="leaving"),
        Entry(label=_("Pulse"), name="pulse", kind="pulse"),
    ),
    (
        Entry(label=_("Waiting on you"), name="waiting", kind="reminder"),
        Entry(label=_("Mine"), name="mine", kind="own page"),
        Entry(label=_("Search"), name="search", kind="search", keys="Control+K Meta+K"),
        Entry(label=_("Settings"), name="settings", kind="own settings"),
    ),
)
"""Work, people, and the rest. A page that does not exist yet has no line here."""


PAGES = {
    "one-on-one": "one-on-one",
    "feedback": "feedback-page",
    "growth": "growth-page",
    "candidate": "candidate",
    "project": "project",
    "readout": "readout",
    "leaving-page": "leaving-page",
}
"""Pages of one record or person, by what a reference such as `Waiting.page` begins with."""


def url_of(page: str) -> str:
    """Return the address of a page that is referred to by its name and key: "growth:mira@…"."""
    name, _colon, key = page.partition(":")
    return reverse(PAGES[name], args=[key]) if name in PAGES and key else reverse(name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of the menu on one page.

    Attributes
    ----------
    label, url, keys : str
        As it is read, where it leads, what opens it from the keyboard.
    is_here : bool
        Whether the reader is there.
    n : int
        How many things wait behind it.
    """

    label: str | Promise
    url: str
    is_here: bool
    keys: str
    n: int = 0


def menu_of(viewer: Viewer, *, path: str, n_waiting: int) -> tuple[tuple[Line, ...], ...]:
    """Return the lines that a viewer may follow, in groups; one says how much waits."""
    has_reports = bool(viewer.roles & {Role.LEAD, Role.MEMBER})
    groups = []
    for group in MENU:
        lines = []
        for entry in group:
            if not may_read(viewer, entry.kind) or (entry.is_of_reports and not has_reports):
                continue
            try:
                url = reverse(entry.name)
            except NoReverseMatch:
                continue
            is_here = path == url or (url != "/" and path.startswith(url))
            n = n_waiting if entry.name == "waiting" else 0
            lines.append(
                Line(label=entry.label, url=url, is_here=is_here, keys=entry.keys, n=n)
            )
        if lines:
            groups.append(tuple(lines))
    return tuple(groups)
