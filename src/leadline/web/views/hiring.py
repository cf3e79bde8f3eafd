"""Hiring: kits, candidates, notes that open together, a decision, a calculator."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.errors import InputError
from leadline.practice.hiring_cost import SLOW_AND_GOOD, Costs, Guesses, compare
from leadline.practice.interviews import STRUCTURED, Question, may_debrief
from leadline.records import access
from leadline.records.actions import hiring as actions
from leadline.records.models import Candidate, Interviewer, InterviewKit, InterviewQuestion
from leadline.records.queries.hiring import calibration_of, candidate_page
from leadline.records.queries.team import team
from leadline.web.answering import act, answer, named, names_of
from leadline.web.forms.people import (
    CalculatorForm,
    CandidateForm,
    DecisionForm,
    HeardForm,
    KitForm,
)
from leadline.web.kept import ChangedMeanwhile, editing, locked, unless_changed
from leadline.web.permissions import changes, editable, readable, reads, viewer_in
from leadline.web.requests import Request


@reads("interview kit")
def overview(request: Request) -> HttpResponse:
    """List kits, the candidates one interviews, and one's own calibration."""
    return _overview(request, {})


@changes("interview kit")
def make_kit(request: Request) -> HttpResponse:
    """Keep a kit."""

    def do(values: dict[str, Any]) -> InterviewKit:
        return actions.make_kit(
            values["name"], _questions(values["questions"]), by=viewer_in(request).email,
            at=timezone.now(),
        )  # fmt: skip

    return answer(
        request, "kit", KitForm(request.POST), do, say=_("Kept. Now enter a candidate."),
        page=lambda given: _overview(request, given), to=lambda kit: ("kit", str(kit.pk)),
    )  # fmt: skip


@changes("interview kit")
def change_kit(request: Request, pk: int) -> HttpResponse:
    """Change a kit, or a copy of it where candidates were asked its questions."""
    one = editable(request, InterviewKit.objects.all(), pk=pk)

    def do(values: dict[str, Any]) -> InterviewKit:
        return actions.change_kit(
            one, name=values["name"], questions=_questions(values["questions"]),
            by=viewer_in(request).email, at=timezone.now(),
        )  # fmt: skip

    return answer(
        request, "kit", KitForm(request.POST), do, say=_("Kept."), now=lambda: locked(one),
        page=lambda given: _kit(request, pk, given), to=lambda kit: ("kit", str(kit.pk)),
    )  # fmt: skip


@changes("interview kit")
def delete_kit(request: Request, pk: int) -> HttpResponse:
    """Delete a kit that no candidate is kept for."""
    one = editable(request, InterviewKit.objects.all(), pk=pk)

    def do(_values: dict[str, Any]) -> None:
        actions.delete_kit(one)

    return answer(
        request, "delete", forms.Form(request.POST), do, say=_("Deleted."), to=("hiring",),
        page=lambda given: _kit(request, pk, given), now=lambda: locked(one),
    )  # fmt: skip


@reads("interview kit")
def kit(request: Request, pk: int) -> HttpResponse:
    """Show a kit, and the form to enter a candidate for it."""
    return _kit(request, pk, {})


@changes("candidate")
def add_candidate(request: Request, pk: int) -> HttpResponse:
    """Enter a candidate for a kit; the clock that deletes them starts."""
    one = editable(request, InterviewKit.objects.all(), pk=pk)

    def do(values: dict[str, Any]) -> None:
        actions.add_candidate(
            one, name=values["name"], interviewers=values["interviewers"].split(),
            by=viewer_in(request).email, today=request.today, at=timezone.now(),
        )  # fmt: skip

    return answer(
        request, "candidate", CandidateForm(request.POST), do, to=("hiring",),
        page=lambda given: _kit(request, pk, given), say=_("Entered."),
    )  # fmt: skip


@reads("candidate")
def candidate(request: Request, pk: int) -> HttpResponse:
    """Show a candidate with the notes that may be read."""
    return _candidate(request, pk, {})


@changes("interview")
def write(request: Request, pk: int) -> HttpResponse:
    """Keep what one heard, and submit it where that was asked."""
    row = editable(request, Interviewer.objects.select_related("candidate__kit"), pk=pk)
    questions = list(row.candidate.kit.questions.all())
    heard = {
        f"q{one.position}": HeardForm(request.POST, prefix=f"q{one.position}")
        for one in questions
    }
    notes = forms.Form({})
    problems: list[str] = []
    code = 422

    def do() -> None:
        problems.extend(_keep_heard(row, questions, heard, and_submit="submit" in request.POST))

    try:
        unless_changed(request, lambda: locked(row), do)
    except ChangedMeanwhile as changed:
        notes.kept_now = changed.kept  # type: ignore[attr-defined]
        code = 409
    if code == 422 and not problems:
        done = _("Submitted. You read the others' now.")
        kept = _("Kept. Nobody else reads it yet.")
        messages.success(request, done if "submit" in request.POST else kept)
        return redirect("candidate", row.candidate_id)
    for problem in problems:
        notes.add_error(None, problem)
    shown = _candidate(request, row.candidate_id, {"notes": notes, **heard})
    shown.status_code = code
    return shown


@changes("candidate")
def decide(request: Request, pk: int) -> HttpResponse:
    """Keep the decision of the debrief."""
    one = editable(request, Candidate.objects.all(), pk=pk)

    def do(values: dict[str, Any]) -> None:
        actions.decide(
            one, by=viewer_in(request).email, today=request.today, at=timezone.now(), **values
        )

    return answer(
        request, "decision", DecisionForm(request.POST), do, say=_("Decided."),
        page=lambda given: _candidate(request, pk, given), to=("candidate", str(pk)),
        now=lambda: locked(one),
    )  # fmt: skip


@changes("candidate")
def delete(request: Request, pk: int) -> HttpResponse:
    """Delete everything about a candidate now."""
    one = editable(request, Candidate.objects.all(), pk=pk)
    return act(request, one.delete, say=_("Deleted."), to=("hiring",), now=lambda: locked(one))


@reads("interview kit")
def calculator(request: Request) -> HttpResponse:
    """Work out from guesses what quick and slow hiring cost; nothing is kept."""
    form = CalculatorForm(request.GET) if request.GET else CalculatorForm()
    costs: Costs | None = None
    if form.is_bound and form.is_valid():
        try:
            costs = compare(Guesses(**form.cleaned_data))
        except InputError as error:
            form.add_error(None, error.message)
    elif not form.is_bound:
        costs = compare(Guesses(**{name: one.initial for name, one in form.fields.items()}))
    context = {"form": form, "costs": costs, "citation": SLOW_AND_GOOD}
    return render(request, "people/calculator.html", context)


def _overview(request: Request, given: Mapping[str, forms.Form]) -> HttpResponse:
    viewer = viewer_in(request)
    context = {
        "kits": access.visible(viewer, InterviewKit.objects.all()).prefetch_related(
            "questions"
        ),
        "candidates": access.visible(viewer, Candidate.objects.all())
        .select_related("kit", "decision")
        .prefetch_related("interviewers"),
        "calibration": calibration_of(viewer.addresses),
        "forms": named({"kit": KitForm()}, given),
        "readers": access.readers_of("candidate"),
        "citation": STRUCTURED,
        "may_make": access.may_change(viewer, "interview kit"),
    }
    return render(request, "people/hiring.html", context)


def _kit(request: Request, pk: int, given: Mapping[str, forms.Form]) -> HttpResponse:
    one = readable(request, InterviewKit.objects.prefetch_related("questions"), pk=pk)
    initial = {"name": one.name, "questions": _lines(actions.questions_of(one))}
    own = {
        "candidate": CandidateForm(),
        "kit": editing(KitForm(initial=initial), one),
        "delete": editing(forms.Form(), one),
    }
    context = {
        "kit": one,
        "questions": one.questions.all(),
        "is_asked": one.candidates.exists(),
        "may_change": access.may_change(viewer_in(request), one),
        "forms": named(own, given),
        "may_add": access.may_change(viewer_in(request), "candidate"),
        "readers": access.readers_of(one),
        "candidate_readers": access.readers_of("candidate"),
    }
    return render(request, "people/kit.html", context)


def _candidate(request: Request, pk: int, given: Mapping[str, forms.Form]) -> HttpResponse:
    viewer = viewer_in(request)
    one = readable(
        request,
        Candidate.objects.select_related("kit").prefetch_related(
            "interviewers", "kit__questions"
        ),
        pk=pk,
    )
    page = candidate_page(one, viewer=viewer)
    facts = team(request.workspace, today=request.today)
    rows = []
    for heard in page.heard:
        name = f"q{heard.question.position}"
        initial = {"anchor": heard.own.anchor, "heard": heard.own.heard} if heard.own else {}
        rows.append((heard, given.get(name) or HeardForm(initial=initial, prefix=name)))
    submitted = {row.address for row in page.interviewers if row.submitted_at}
    interviewers = {row.address for row in page.interviewers}
    own = {
        "decision": editing(DecisionForm(), one),
        "notes": editing(forms.Form(), page.own),
    }
    context = {
        "page": page,
        "one": one,
        "rows": rows,
        "decision": getattr(one, "decision", None),
        "may_decide": access.may_change(viewer, one),
        "can_decide": may_debrief(submitted=submitted, interviewers=interviewers),
        "forms": named(own, given),
        "names": names_of(facts, lead_name=request.workspace.configuration.lead.name),
        "readers": access.readers_of(one),
        "note_readers": access.readers_of("interview notes"),
    }
    return render(request, "people/candidate.html", context)


def _keep_heard(
    row: Interviewer,
    questions: Iterable[InterviewQuestion],
    heard: Mapping[str, HeardForm],
    *,
    and_submit: bool,
) -> list[str]:
    """Keep each answer that can be kept; return what is wrong with the others."""
    problems = []
    for question in questions:
        form = heard[f"q{question.position}"]
        if not form.is_valid():
            problems.append(_("Question %d could not be kept; see below.") % question.position)
        elif form.cleaned_data["heard"]:
            try:
                actions.write_answer(row, question, at=timezone.now(), **form.cleaned_data)
            except InputError as error:
                problems.append(error.message)
    if and_submit and not problems:
        try:
            actions.submit(row, at=timezone.now())
        except InputError as error:
            problems.append(str(error))
    return problems


def _questions(text: str) -> list[Question]:
    """Read questions from lines of four parts.

    Raises
    ------
    InputError
        A line has more or fewer parts.
    """
    found = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), start=1):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) != 4:
            raise InputError(
                f"line {number} has {len(parts)} parts; four are needed, separated by |: "
                "question | weak | fair | strong"
            )
        found.append(Question(text=parts[0], weak=parts[1], fair=parts[2], strong=parts[3]))
    return found


def _lines(questions: Iterable[Question]) -> str:
    """Write questions as the form takes them."""
    return "\n".join(" | ".join((q.text, q.weak, q.fair, q.strong)) for q in questions)
