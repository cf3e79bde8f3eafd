"""Making the brief of a day, and keeping which lines were shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.timezone import now

from leadline.errors import InputError
from leadline.findings import LEAD, TEAM, Finding
from leadline.practice import brief as practice
from leadline.records import models
from leadline.records.queries.briefs import KeptBrief, is_outdated, kept_brief
from leadline.records.queries.findings import all_findings
from leadline.records.queries.sources import (
    SourceState,
    folded,
    missing_sources,
    source_states,
)

if TYPE_CHECKING:
    from leadline.workspace import Workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """The brief of one day, and everything needed to trust its silence.

    Attributes
    ----------
    on : date
        The day it is for.
    lead : str
        Whose brief it is.
    choice : practice.Choice
        The lines, and what was left out.
    sources : tuple of SourceState
        What was looked at, and what failed.
    missing : tuple of str
        What is not connected, and what it would add.
    """

    on: date
    lead: str
    choice: practice.Choice
    sources: tuple[SourceState, ...]
    missing: tuple[str, ...]

    @property
    def failed(self) -> tuple[SourceState, ...]:
        """The sources whose newest reading did not go well."""
        return tuple(source for source in self.sources if source.failure)

    @property
    def looked_at(self) -> tuple[SourceState, ...]:
        """The sources as a reader wants them: many of a kind as one."""
        return folded(self.sources)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return {
            "on": self.on.isoformat(),
            "lead": self.lead,
            "lines": [line.to_dict() for line in self.choice.lines],
            "standing": [line.to_dict() for line in self.choice.standing],
            "silenced": [line.to_dict() for line in self.choice.silenced],
            "sources": [source.to_dict() for source in self.sources],
            "missing": list(self.missing),
        }


def todays_brief(workspace: Workspace, *, today: date) -> KeptBrief:
    """Return the brief of a day; it is made once, and again when a source was read since."""
    kept = kept_brief(today)
    if kept is None or is_outdated(kept):
        make_brief(workspace, today=today)
        kept = kept_brief(today)
    if kept is None:
        raise InputError("the brief was deleted in this moment", hint="Ask again.")
    return kept


@transaction.atomic
def make_brief(workspace: Workspace, *, today: date) -> Brief:
    """Choose the lines of a day and keep them; the same day and facts give the same brief."""
    emails = workspace.configuration.lead.emails
    choice = practice.choose(
        (one for one in all_findings(workspace, today=today) if _is_for(emails, one)),
        earlier=_earlier_briefs(before=today),
        answers=[_answer(row) for row in models.Response.objects.filter(on__lte=today)],
        today=today,
        most=workspace.configuration.brief.lines,
    )
    _keep(choice, on=today)
    return Brief(
        on=today,
        lead=workspace.configuration.lead.name,
        choice=choice,
        sources=source_states(at=now()),
        missing=missing_sources(workspace),
    )


def _is_for(lead: Collection[str], found: Finding) -> bool:
    """Whether the lead is among a finding's readers: what is between others is not theirs."""
    return not {LEAD, TEAM, *(email.lower() for email in lead)}.isdisjoint(found.readers)


def _keep(choice: practice.Choice, *, on: date) -> None:
    everything = (*choice.lines, *choice.standing, *choice.silenced)
    brief, _ = models.Brief.objects.update_or_create(
        on=on,
        defaults={
            "made_at": now(),
            "true_findings": sorted({found.id for found in everything}),
        },
    )
    brief.lines.all().delete()
    shown = [(found, False) for found in choice.lines]
    left_out = [(found, True) for found in choice.standing]
    models.BriefLine.objects.bulk_create(
        _line(brief, position, found, standing=standing)
        for position, (found, standing) in enumerate(shown + left_out, start=1)
    )


def _line(
    brief: models.Brief, position: int, found: Finding, *, standing: bool
) -> models.BriefLine:
    return models.BriefLine(
        brief=brief,
        position=position,
        finding=found.id,
        rule=found.rule,
        subject=found.subject,
        sentence=found.sentence,
        magnitude=found.magnitude,
        due_on=found.due_on,
        standing=standing,
        found=found.to_dict(),
    )


def _earlier_briefs(*, before: date) -> list[practice.Earlier]:
    briefs = models.Brief.objects.filter(on__lt=before).prefetch_related("lines")
    return [
        practice.Earlier(
            on=brief.on,
            lines=tuple(
                practice.Shown(
                    finding=line.finding,
                    on=brief.on,
                    magnitude=line.magnitude,
                    due_on=line.due_on,
                )
                for line in brief.lines.all()
                if not line.standing
            ),
            true=frozenset(brief.true_findings),
        )
        for brief in briefs
    ]


def _answer(row: models.Response) -> practice.Answer:
    return practice.Answer(
        finding=row.finding,
        rule=row.rule,
        verdict=practice.Verdict(row.verdict),
        on=row.on,
        until=row.until,
        magnitude=row.magnitude,
    )
