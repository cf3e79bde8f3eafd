"""The questions that an assistant may put, and what it is told."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.timezone import now

from leadline.errors import InputError
from leadline.findings import Finding
from leadline.mcp_server.telling import (
    ON_ITS_PAGE,
    PAGE,
    ended_on,
    line_of,
    page_of,
    plain,
    told,
    watch_of,
)
from leadline.records import access
from leadline.records.access import Viewer
from leadline.records.actions.brief import todays_brief
from leadline.records.actions.projects import project_named
from leadline.records.models import Source
from leadline.records.queries.experiments import kept_experiments
from leadline.records.queries.project_notes import (
    assumptions_of,
    decisions_of,
    ideas_of,
    next_look_on,
)
from leadline.records.queries.projects import project_page, project_rows
from leadline.records.queries.search import search
from leadline.records.queries.sources import missing_sources, source_states
from leadline.records.queries.watched import watched_models
from leadline.records.snapshots import KeptFindings, load_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace

QUESTIONS = ("brief", "projects", "project", "experiments", "models", "search")
"""The methods of `Answers` that are tools."""


class Answers:
    """What a person's assistant is told. The docstring of each question is its manual.

    Parameters
    ----------
    workspace : Workspace
        With its database open.
    person : str
        An address of whoever asks through the assistant.
    today : date or None
        The day to answer for; None for today where the lead is.

    Raises
    ------
    InputError
        From every question: the person has no part in this workspace, or may not read it.
    """

    def __init__(self, workspace: Workspace, *, person: str, today: date | None) -> None:
        self._workspace = workspace
        self._person = person
        self._today = today

    def brief(self) -> dict[str, Any]:
        """What needs the lead of the data-science team next: at most seven lines, most
        pressing first. Each has its receipts (the source, and the command that gives the
        number again), the day after which acting is too late, and one question for the
        owner. Ask this first. Lines for the lead alone are left out and counted.
        That there is none is good news only if sources were read.
        """
        assistant = self._reader("brief", of_the_person=True)
        kept = todays_brief(self._workspace, today=self._day())
        lines = [msgspec.convert(line.found, Finding) for line in kept.lines]
        shown = told(assistant, lines)
        sources = source_states(at=now())
        return {
            "on": kept.on.isoformat(),
            "lines": shown,
            "left_out": len(lines) - len(shown),
            "why_left_out": "They are for the lead alone; `leadline brief` prints them.",
            "sources_read": sum(bool(one.read_at) for one in sources),
            "sources_that_failed": sum(bool(one.failure) for one in sources),
            "not_connected": missing_sources(self._workspace),
        }

    def projects(self, page: int = 1) -> dict[str, Any]:
        """Every project in the order in which a newcomer best reads them: its purpose, its
        state and why, who can be asked, what its experiments brought, and the first stage of
        the loop (frame, baseline, evaluate, diagnose, green light, decide, measure, ledger,
        watch) that nothing shows, which is what holds it back.
        """
        self._reader("project")
        rows, pages = page_of(project_rows(), page)
        return {"page": page, "pages": pages, "projects": [line_of(row) for row in rows]}

    def project(self, name: str) -> dict[str, Any]:
        """One project whole: charter, evidence for each stage of the loop, whom to ask and
        why, which folders only one living person knows, risks, open questions, assumptions,
        ideas, decisions, experiments, and what the newest diagnosis of its model says.
        """
        reader = self._reader("project")
        rows = project_rows()
        facts = [row.facts for row in rows]
        titles = {one.slug: one.name for one in facts}
        chosen = project_named(facts, titles.get(name, name))
        row = next(row for row in rows if row.facts is chosen)
        title = chosen.name
        shown = project_page(chosen.slug)
        claims = shown.claims if shown else ()
        found = (*shown.findings, *shown.diagnosis) if shown else ()
        return {
            **line_of(row),
            **plain({name: getattr(row.facts, name) for name in ON_ITS_PAGE}),
            "loop": plain(row.loop),
            "assumptions": [
                {"text": one.text, "answers": [str(answer) for answer in one.answers.all()]}
                for one in access.visible(reader, assumptions_of(title))
            ],
            "ideas": [
                {"text": one.text, "works_if": one.condition}
                for one in access.visible(reader, ideas_of(title))
            ],
            "decisions": [
                plain({"text": one.text, "on": one.decided_on, "revisit_on": next_look_on(one)})
                for one in access.visible(reader, decisions_of(title))
            ],
            "experiments": plain(claims[:PAGE]),
            "older_experiments": max(len(claims) - PAGE, 0),
            "findings": told(reader, found),
        }

    def experiments(self, page: int = 1) -> dict[str, Any]:
        """What was tried and what stands of it. Claims of past experiments, newest first,
        each with its measured effect, the believed one (shrunken, with its interval) and the
        reasons why it does not stand; per table the claimed sum beside the believed one; and
        the verdict of each planned experiment.
        """
        self._reader("experiment")
        kept = kept_experiments()
        claims = [claim for one in kept.values() for claim in one.claims]
        shown, pages = page_of(sorted(claims, key=ended_on, reverse=True), page)
        return {
            "page": page,
            "pages": pages,
            "claims": plain(shown),
            "totals": {name: plain(one.totals) for name, one in kept.items() if one.totals},
            "planned": [
                plain({"name": one.name, "verdict": one.verdict, "reason": one.reason,
                        "ends_on": one.ends_on})
                for one in kept.values()
                if one.name
            ],
        }  # fmt: skip

    def models(self) -> dict[str, Any]:
        """The models in front of users: for each what its watch says today (harmful, benign
        or undecided changes, the ML Test Score), and for each diagnosed one what holds it
        back and what each remedy would buy.
        """
        reader = self._reader("project")
        diagnosed = load_facts(Source.Kind.DIAGNOSIS, KeptFindings)
        return {
            "watched": [watch_of(one) for one in watched_models()],
            "diagnosed": [
                {
                    "model": name,
                    "as_of": one.today.isoformat(),
                    "findings": told(reader, one.findings),
                }
                for name, one in diagnosed.items()
            ],
        }

    def search(self, words: str) -> list[dict[str, Any]]:
        """Projects, experiments, assumptions, ideas and decisions that have all the words."""
        reader = self._reader("search")
        return [
            plain({"kind": hit.kind, "text": hit.text, "of": hit.argument})
            for hit in search(words, viewer=reader)
        ]

    def _day(self) -> date:
        return self._today or self._workspace.day_at(now())

    def viewer(self) -> Viewer:
        """Return who asks, as they are today: people leave."""
        viewer = access.viewer_of(self._workspace, self._person, today=self._day())
        if viewer is None:
            raise InputError(
                f"{self._person} has no part in {self._workspace.folder}",
                hint="Start with --as and an address of the roster, or without it as the lead.",
            )
        return viewer

    def _reader(self, kind: str, *, of_the_person: bool = False) -> Viewer:
        """Return the assistant, if it may read a kind, or whoever asks through it may."""
        viewer = self.viewer()
        assistant = access.assistant_of(viewer)
        if not access.may_read(viewer if of_the_person else assistant, kind):
            readers = ", ".join(access.readers_of(kind))
            raise InputError(
                f"{self._person} may not read this through an assistant",
                hint=f"It is for: {readers}.",
            )
        return assistant
