"""What is kept of a thing that a form changes, so that nobody overwrites what they did not see.

A form carries the version of what its page showed (`{% seen thing %}`). When the thing has
another version by the time the form comes back, nothing is done: the page shows what is kept
now beside what was typed, and sending it once more puts it in its place. Adding something,
and saying the same thing twice, overwrites nothing and needs no version.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model
from django.forms import BaseForm
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from leadline.practice.charter import Charter
from leadline.practice.onboarding.plan import PlanStep
from leadline.practice.talks import Occurrence
from leadline.records import models
from leadline.records.queries.probation import ProbationPage
from leadline.web.requests import Request

SEEN = "seen"
"""The name of the hidden field."""

Row = TypeVar("Row", bound=Model)
EditForm = TypeVar("EditForm", bound=BaseForm)
Fields = tuple[tuple[str, Any], ...]
Now = Callable[[], object]
"""Finds the thing as it stands now; called within the transaction that changes it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What is kept of one thing.

    Attributes
    ----------
    fields : tuple of (str, object)
        Each value with its name, as its reader sees them.
    """

    fields: Fields

    @property
    def version(self) -> str:
        """A digest of the values: the same values, in any language, are the same version."""
        values = json.dumps([str(value or "") for _name, value in self.fields])
        return sha256(values.encode()).hexdigest()[:20]

    def __str__(self) -> str:
        told = [f"{name}: {_shown(value)}" for name, value in self.fields if value]
        return "; ".join(told) or _("nothing")


def _shown(value: object) -> str:
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)


class ChangedMeanwhile(Exception):  # noqa: N818 - it is no error: somebody else was quicker
    """What a form would change is not what its page showed."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self.kept = kept


def locked(row: Row) -> Row:
    """Return a row as it stands now; nobody else changes it before the transaction ends."""
    rows = type(row)._default_manager.select_for_update()  # noqa: SLF001
    return rows.get(pk=row.pk)


def unless_changed(request: Request, now: Now | None, do: Callable[[], object]) -> None:
    """Do what a form asks, unless its page showed something else than what is kept now.

    Raises
    ------
    ChangedMeanwhile
        It did; nothing was done.
    """
    seen = request.POST.get(SEEN)
    with transaction.atomic():
        if now and seen:
            kept = kept_of(now())
            if kept.version != seen:
                raise ChangedMeanwhile(kept)
        do()


def editing(form: EditForm, thing: object) -> EditForm:
    """Return a form that carries the version of the thing it changes."""
    form.version = kept_of(thing).version  # type: ignore[attr-defined]
    return form


def kept_of(thing: object) -> Kept:
    """Return what is kept of a thing; of None, nothing.

    Raises
    ------
    LookupError
        Nobody said what a reader sees of such a thing; add it to the table below.
    """
    if thing is None:
        return Kept(fields=())
    if type(thing) not in _FIELDS:
        raise LookupError(f"leadline.web.kept does not know {type(thing).__name__}")
    return Kept(fields=_FIELDS[type(thing)](thing))


def _of_feedback(draft: models.Feedback) -> Fields:
    if draft.shared_at:
        return ((_("answer"), draft.answer), (_("came back to it"), draft.followed_up_at))
    return (
        (_("kind"), draft.kind),
        (_("situation"), draft.situation),
        (_("behaviour"), draft.behaviour),
        (_("impact"), draft.impact),
        (_("question"), draft.question),
    )


def _of_wish(wish: models.FeedbackPreference) -> Fields:
    return ((_("wish"), wish.wish), (_("form"), wish.form))


def _of_mail(wish: models.MailWish) -> Fields:
    return ((_("mail"), wish.every),)


def _of_plan(plan: models.GrowthPlan) -> Fields:
    paths = plan.paths.all()
    chosen = next((path.text for path in paths if path.chosen_at), "")
    return (
        (_("look again"), plan.check_on),
        (_("paths"), ", ".join(path.text for path in paths)),
        (_("chosen"), chosen),
    )


def _of_probation(page: ProbationPage) -> Fields:
    told = page.outcome
    return (
        (_("Check-ins"), ", ".join(f"{row.on}: {row.went_well}" for row in page.check_ins)),
        (_("Extended"), ", ".join(str(row) for row in page.extensions)),
        (_("Outcome"), f"{told} {told.reasons}".strip() if told else ""),
    )


def _of_interview(row: models.Interviewer) -> Fields:
    answers = row.answers.select_related("question").order_by("question__position")
    return (
        *((f"{one.question.position}.", f"{one.anchor} {one.heard}") for one in answers),
        (_("notes are in"), row.submitted_at),
    )


def _of_candidate(one: models.Candidate) -> Fields:
    told = getattr(one, "decision", None)
    return ((_("Decision"), f"{told.outcome}: {told.reasons}" if told else ""),)


def _of_kit(kit: models.InterviewKit) -> Fields:
    questions = (
        (f"{row.position}.", f"{row.text} | {row.weak} | {row.fair} | {row.strong}")
        for row in kit.questions.all()
    )
    return ((_("Role"), kit.name), *questions)


def _of_item(item: models.HandoverItem) -> Fields:
    return ((_("to"), item.successor), (_("handed over"), item.done_at))


def _of_leaving(leaving: models.Leaving) -> Fields:
    items = leaving.items.all()
    listed = ", ".join(f"{item} → {item.successor or '–'}" for item in items)
    return ((_("last day"), leaving.last_on), (_("To hand over"), listed))


def _of_person(person: models.Person) -> Fields:
    facts = person.facts()
    named = models.Correction.Field
    return tuple((str(name.label), getattr(facts, name.value)) for name in named)


def _of_assumption(one: models.Assumption) -> Fields:
    return ((_("answered"), "; ".join(map(str, one.answers.all()))),)


def _of_idea(one: models.Idea) -> Fields:
    return ((_("closed"), "; ".join(map(str, one.closings.all()))),)


def _of_decision(one: models.Decision) -> Fields:
    reviews = one.reviews.all()
    said = "; ".join(f"{row.note} ({row.revisit_on or '–'})" for row in reviews)
    return ((_("looked at again"), said),)


def _of_round(one: models.PulseRound) -> Fields:
    return ((_("What will change:"), "; ".join(row.text for row in one.promises.all())),)


def _of_talk(talk: Occurrence) -> Fields:
    return ((str(talk.starts_at.date()), talk.held),)


def _of_step(step: PlanStep) -> Fields:
    return ((_("day"), step.on), (_("Done"), step.done_on))


def _of_charter(charter: Charter) -> Fields:
    return tuple((key.replace("_", " "), line) for key, _meaning, line in charter.lines)


_FIELDS: dict[type, Callable[[Any], Fields]] = {
    models.Feedback: _of_feedback,
    models.FeedbackPreference: _of_wish,
    models.MailWish: _of_mail,
    models.GrowthPlan: _of_plan,
    ProbationPage: _of_probation,
    models.Interviewer: _of_interview,
    models.Candidate: _of_candidate,
    models.InterviewKit: _of_kit,
    models.HandoverItem: _of_item,
    models.Leaving: _of_leaving,
    models.Person: _of_person,
    models.Assumption: _of_assumption,
    models.Idea: _of_idea,
    models.Decision: _of_decision,
    models.PulseRound: _of_round,
    Occurrence: _of_talk,
    PlanStep: _of_step,
    Charter: _of_charter,
}
