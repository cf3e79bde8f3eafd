"""Searching what somebody may read. What they may not read is neither shown nor counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import Q, QuerySet

from leadline.records import access
from leadline.records.access import Viewer
from leadline.records.models import Assumption, BriefLine, Decision, Idea
from leadline.records.queries.experiments import kept_experiments
from leadline.records.queries.mentions import has_any, plain_parts
from leadline.records.queries.project_facts import slug_of
from leadline.records.queries.projects import project_rows

MOST = 40
EACH = 10
MOST_WORDS = 10
"""Words that are looked for; a hundred would keep the database busy for seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """Something that was found.

    Attributes
    ----------
    kind : str
        What it is: "project", "decision", "brief" …
    text : str
        What is shown of it.
    page, argument : str
        The name of its page's address and that address's one argument, if it has one.
    anchor : str
        Where on the page.
    """

    kind: str
    text: str
    page: str
    argument: str = ""
    anchor: str = ""


def search(words: str, *, viewer: Viewer) -> tuple[Hit, ...]:
    """Return what has all the words and the viewer may read: `MOST` hits at most.

    No word finds nothing.
    """
    wanted = list(dict.fromkeys(words.casefold().split()))[:MOST_WORDS]
    if not wanted:
        return ()
    found = (
        *_projects(wanted, viewer=viewer),
        *_experiments(wanted, viewer=viewer),
        *_notes(wanted, viewer=viewer),
        *_briefs(wanted, viewer=viewer),
    )
    return tuple(islice(found, MOST))


def _projects(wanted: list[str], *, viewer: Viewer) -> Iterator[Hit]:
    if not access.may_read(viewer, "project"):
        return
    for row in project_rows():
        facts = row.facts
        charter = " ".join(line for _, _, line in facts.charter.lines) if facts.charter else ""
        folders = " ".join(area.path for area in facts.areas)
        if _has_all(f"{facts.name} {facts.purpose} {charter} {folders}", wanted):
            text = facts.purpose or facts.reason
            yield Hit(
                kind="project",
                text=f"{facts.name}: {text}",
                page="project",
                argument=facts.slug,
            )


def _experiments(wanted: list[str], *, viewer: Viewer) -> Iterator[Hit]:
    if not access.may_read(viewer, "experiment"):
        return
    for name, kept in kept_experiments().items():
        hits = (claim for claim in kept.claims if _has_all(_about(claim), wanted))
        for claim in islice(hits, EACH):
            text = f"{claim.experiment}: {claim.metric}, {claim.project or 'no project'}"
            yield Hit(kind="experiment", text=text, page="readout", argument=slug_of(name))


def _about(claim: object) -> str:
    return " ".join(
        str(getattr(claim, name)) for name in ("experiment", "project", "metric", "arm")
    )


def _notes(wanted: list[str], *, viewer: Viewer) -> Iterator[Hit]:
    notes: tuple[
        tuple[str, QuerySet[Assumption] | QuerySet[Idea] | QuerySet[Decision]], ...
    ] = (
        ("assumption", access.visible(viewer, Assumption.objects.filter(_all(wanted, "text")))),
        ("idea", access.visible(viewer, Idea.objects.filter(_all(wanted, "text")))),
        ("decision", access.visible(viewer, Decision.objects.filter(_all(wanted, "text")))),
    )
    for kind, rows in notes:
        for row in rows[:EACH]:
            yield Hit(
                kind=kind,
                text=f"{row.text} ({row.project})",
                page="project",
                argument=slug_of(row.project),
                anchor=f"{kind}-{row.pk}",
            )


def _briefs(wanted: list[str], *, viewer: Viewer) -> Iterator[Hit]:
    rows = access.visible(viewer, BriefLine.objects.filter(_all(wanted, "sentence")))
    shown = rows.select_related("brief").only("finding", "sentence", "brief__on")
    seen: set[str] = set()
    for row in shown.order_by("-brief__on")[: EACH * 3]:
        if row.finding not in seen and len(seen) < EACH:
            seen.add(row.finding)
            yield Hit(
                kind="brief",
                text=row.sentence,
                page="brief-of-day",
                argument=row.brief.on.isoformat(),
            )


def _all(wanted: list[str], field: str) -> Q:
    condition = Q()
    for word in wanted:
        is_plain = plain_parts([word]) == [word]  # letters that every database folds alike
        condition &= (
            has_any([word], [field]) if is_plain else Q(**{f"{field}__icontains": word})
        )
    return condition


def _has_all(text: str, wanted: list[str]) -> bool:
    folded = text.casefold()
    return all(word in folded for word in wanted)
