"""Feedback: one's own wish, drafts, what was shared, answers; a linter that sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.practice.feedback import Embargo
from leadline.practice.feedback_wording import AS_ADVICE, remarks
from leadline.records import access
from leadline.records.access import Viewer
from leadline.records.actions import feedback as actions
from leadline.records.models import Feedback, FeedbackPreference
from leadline.records.queries.feedback import embargo_between, preference_of
from leadline.records.queries.team import Team, team
from leadline.web.answering import act, answer, named, names_of
from leadline.web.forms.people import (
    AnswerFeedbackForm,
    FeedbackForm,
    ShareForm,
    WishForm,
)
from leadline.web.kept import editing, locked
from leadline.web.paging import paged
from leadline.web.permissions import changes, editable, readable, reads, viewer_in
from leadline.web.requests import Request


@reads("feedback")
def overview(request: Request) -> HttpResponse:
    """List what one got and gave, and drafts; ask for one's own wish."""
    return _overview(request, {})


@changes("feedback wish")
def wish(request: Request) -> HttpResponse:
    """Keep whether and how one wants feedback."""

    def do(values: dict[str, Any]) -> None:
        actions.say_preference(viewer_in(request).email, at=timezone.now(), **values)

    return answer(
        request, "wish", WishForm(request.POST), do,
        say=_("Everybody on the team sees it now."), to=("feedback",),
        page=lambda given: _overview(request, given),
        now=lambda: preference_of(viewer_in(request).email),
    )  # fmt: skip


@reads("feedback")
def write(request: Request, key: str) -> HttpResponse:
    """Show an empty draft to somebody."""
    about = _addressee(request, key)
    return _editor(request, about, None, {})


@changes("feedback")
def begin(request: Request, key: str) -> HttpResponse:
    """Keep a new draft, or look at its wording without keeping it."""
    about = _addressee(request, key)
    if "check" in request.POST or request.htmx:
        return _checked(request, about, None)

    def do(values: dict[str, Any]) -> Feedback:
        return actions.save_draft(
            about, by=viewer_in(request).email, words=actions.words_of(values),
            kind=values["kind"], at=timezone.now(),
        )  # fmt: skip

    return answer(
        request, "draft", FeedbackForm(request.POST), do, say=_("Kept, for you alone."),
        page=lambda given: _editor(request, about, None, given),
        to=lambda draft: ("feedback-page", str(draft.pk)),
    )  # fmt: skip


@reads("feedback")
def page(request: Request, pk: int) -> HttpResponse:
    """Show a draft to its author, and what was shared to both."""
    return _page(request, pk, {})


@changes("feedback")
def save(request: Request, pk: int) -> HttpResponse:
    """Keep a draft anew, or look at its wording; a change in another window is told."""
    draft = _draft(request, pk)
    if "check" in request.POST or request.htmx:
        return _checked(request, draft.about, draft)

    def do(values: dict[str, Any]) -> None:
        actions.save_draft(
            draft.about, by=viewer_in(request).email, words=actions.words_of(values),
            kind=values["kind"], at=timezone.now(), draft=draft,
        )  # fmt: skip

    return answer(
        request, "draft", FeedbackForm(request.POST), do, say=_("Kept, for you alone."),
        page=lambda given: _page(request, pk, given), to=("feedback-page", str(pk)),
        now=lambda: locked(draft),
    )  # fmt: skip


@changes("feedback")
def share(request: Request, pk: int) -> HttpResponse:
    """Share a draft with whom it is about."""
    draft = _draft(request, pk)

    def do(values: dict[str, Any]) -> None:
        actions.share_feedback(
            draft, embargo=_embargo(request, draft), today=request.today,
            at=timezone.now(), override=values["override"],
        )  # fmt: skip

    return answer(
        request, "share", ShareForm(request.POST), do, say=_("Shared, with nobody else."),
        page=lambda given: _page(request, pk, given), to=("feedback-page", str(pk)),
        now=lambda: locked(draft),
    )  # fmt: skip


@changes("feedback")
def reply(request: Request, pk: int) -> HttpResponse:
    """Keep the listener's answer."""
    given_row = editable(request, Feedback.objects.all(), pk=pk)

    def do(values: dict[str, Any]) -> None:
        by = given_row.about if given_row.about in viewer_in(request).addresses else ""
        actions.answer_feedback(given_row, by=by, text=values["answer"], at=timezone.now())

    return answer(
        request, "answer", AnswerFeedbackForm(request.POST), do, say=_("Answered."),
        page=lambda given: _page(request, pk, given), to=("feedback-page", str(pk)),
        now=lambda: locked(given_row),
    )  # fmt: skip


@changes("feedback")
def follow_up(request: Request, pk: int) -> HttpResponse:
    """Say that the two came back to it."""
    given = editable(request, Feedback.objects.filter(shared_at__isnull=False), pk=pk)
    actions.follow_up(given, at=timezone.now())
    return redirect("feedback-page", pk)


@changes("feedback")
def discard(request: Request, pk: int) -> HttpResponse:
    """Delete a draft."""
    draft = _draft(request, pk)
    return act(
        request, draft.delete, say=_("Deleted."), now=lambda: locked(draft), to=("feedback",)
    )


def _overview(request: Request, given: Mapping[str, forms.Form]) -> HttpResponse:
    viewer = viewer_in(request)
    facts = team(request.workspace, today=request.today)
    words = ("situation", "behaviour", "impact", "question", "answer")
    mine = access.visible(viewer, Feedback.objects.defer(*words))  # a list opens none
    shared = mine.filter(shared_at__isnull=False)
    names = _names(request, facts)
    context = {
        "drafts": mine.filter(shared_at=None),
        "got": paged(request, shared.filter(about__in=viewer.addresses), name="got"),
        "given": paged(request, shared.filter(author__in=viewer.addresses), name="given"),
        "people": _others(request, facts),
        "names": names,
        "wish": preference_of(viewer.email),
        "forms": named({"wish": editing(WishForm(), preference_of(viewer.email))}, given),
        "readers": access.readers_of("feedback"),
    }
    return render(request, "people/feedback.html", context)


def _page(request: Request, pk: int, given: Mapping[str, forms.Form]) -> HttpResponse:
    one = readable(request, Feedback.objects.all(), pk=pk)
    if one.shared_at is None:
        return _editor(request, one.about, one, given)
    viewer = viewer_in(request)
    facts = team(request.workspace, today=request.today)
    context = {
        "one": one,
        "is_about_me": one.about in viewer.addresses,
        "names": _names(request, facts),
        "forms": named(
            {"answer": editing(AnswerFeedbackForm(initial={"answer": one.answer}), one)}, given
        ),
        "readers": access.readers_of(one),
    }
    return render(request, "people/feedback_page.html", context)


def _editor(
    request: Request, about: str, draft: Feedback | None, given: Mapping[str, forms.Form]
) -> HttpResponse:
    facts = team(request.workspace, today=request.today)
    initial = {}
    if draft:
        initial = {part: getattr(draft, part) for part in actions.PARTS}
        initial |= {"kind": draft.kind}
    draft_form = editing(FeedbackForm(initial=initial), draft)
    own = {"draft": draft_form, "share": editing(ShareForm(), draft)}
    found = named(own, given)
    form = found["draft"]
    author = viewer_in(request).email
    words = actions.words_of(form.data if form.is_bound else initial)
    person = next((one for one in facts.people if one.key == about), None)
    embargo = person and embargo_between(request.workspace, facts, person, author=author)
    is_closed = embargo and embargo.opens_on > request.today
    if not is_closed and not found["share"].is_bound:
        found["share"].fields.pop("override", None)  # there is nothing to go before
    context = {
        "about": about,
        "draft": draft,
        "form": form,
        "forms": found,
        "remarks": remarks(words) if draft or form.is_bound else (),
        "was_checked": bool(draft or form.is_bound),
        "embargo": embargo,
        "wish": _wish(viewer_in(request), about),
        "reads_wish": access.may_read(viewer_in(request), "feedback wish"),
        "names": _names(request, facts),
        "readers": (f"{author} (you alone, until you share it)",),
        "citation": AS_ADVICE,
        "not_now": FeedbackPreference.Wish.NOT_NOW,
    }
    return render(request, "people/feedback_write.html", context)


def _wish(viewer: Viewer, about: str) -> FeedbackPreference | None:
    """Return what somebody said about feedback to them, for whoever may read such wishes."""
    said = preference_of(about)
    return said if said and access.may_read(viewer, said) else None


def _checked(request: Request, about: str, draft: Feedback | None) -> HttpResponse:
    """Show remarks on the wording; nothing is kept and nothing is sent."""
    form = FeedbackForm(request.POST)
    form.is_valid()
    if request.htmx:
        words = actions.words_of(request.POST)
        context = {"remarks": remarks(words), "was_checked": True, "citation": AS_ADVICE}
        return render(request, "people/feedback_write.html#remarks", context)
    return _editor(request, about, draft, {"draft": form})


def _addressee(request: Request, key: str) -> str:
    """Return to whom feedback can go: everybody on the team, the lead too."""
    facts = team(request.workspace, today=request.today)
    wanted = key.strip().lower()
    if wanted not in {one for one, _name in _others(request, facts)}:
        raise Http404
    return wanted


def _others(request: Request, facts: Team) -> list[tuple[str, str]]:
    viewer = viewer_in(request)
    people = [(one.key, one.name) for one in facts.reports]
    people.insert(0, (facts.lead_key, request.workspace.configuration.lead.name))
    return [(key, name) for key, name in people if key not in viewer.addresses]


def _draft(request: Request, pk: int) -> Feedback:
    return editable(request, Feedback.objects.filter(shared_at=None), pk=pk)


def _embargo(request: Request, draft: Feedback) -> Embargo | None:
    facts = team(request.workspace, today=request.today)
    person = next((one for one in facts.people if one.key == draft.about), None)
    if person is None:
        return None
    return embargo_between(request.workspace, facts, person, author=draft.author)


def _names(request: Request, facts: Team) -> dict[str, str]:
    return names_of(facts, lead_name=request.workspace.configuration.lead.name)
