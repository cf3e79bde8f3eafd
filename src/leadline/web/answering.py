"""What every view that changes something does: try, say what came of it, lose nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from leadline.errors import InputError
from leadline.practice.people import Person
from leadline.records import access, models
from leadline.records.queries.team import Team
from leadline.web.kept import SEEN, ChangedMeanwhile, Kept, Now, unless_changed
from leadline.web.permissions import readable, viewer_in
from leadline.web.requests import Request

NOT_TYPED = frozenset({"csrfmiddlewaretoken", SEEN, "uid", "planned_at", "step"})
"""Hidden fields."""

Page = Callable[[Mapping[str, forms.Form]], HttpResponse]


def answer(
    request: Request,
    name: str,
    form: forms.Form,
    do: Callable[[dict[str, Any]], object],
    *,
    page: Page,
    say: Any,
    to: tuple[str, ...] | Callable[[Any], tuple[str, ...]],
    now: Now | None = None,
) -> HttpResponse:
    """Do what a form asks; where it cannot be done, show its page with everything typed.

    Parameters
    ----------
    name : str
        What the page calls the form.
    do : callable
        Is given the form's values; an `InputError` it raises stands above the form.
    page : callable
        Shows the page again with the forms given, by name.
    say : str
        What is said when it was done.
    to : tuple of str, or callable
        Name and arguments of the page that follows; or gives them of what was done.
    now : callable, optional
        Finds what the form changes as it stands at this moment. When that is not what the
        page had shown, nothing is done, and the page shows both (409).
    """
    code = 422
    done: list[object] = []

    def do_if_valid() -> None:
        if form.is_valid():
            done.append(do(form.cleaned_data))

    try:
        unless_changed(request, now, do_if_valid)
    except ChangedMeanwhile as changed:
        form.kept_now = changed.kept  # type: ignore[attr-defined]
        code = 409
    except InputError as error:
        form.add_error(None, [text for text in (error.message, error.hint) if text])
    if done:
        messages.success(request, say)
        return redirect(*(to(done[0]) if callable(to) else to))
    shown = page({name: form})
    shown.status_code = code
    return shown


def act(
    request: Request,
    do: Callable[[], object],
    *,
    say: Any,
    to: tuple[str, ...],
    now: Now | None = None,
) -> HttpResponse:
    """Do what a button asks; where it cannot be done, say why on the page that follows."""
    try:
        unless_changed(request, now, do)
    except ChangedMeanwhile as changed:
        messages.warning(request, told_of(request, changed.kept))
    except InputError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, say)
    return redirect(*to)


def told_of(request: Request, kept: Kept) -> str:
    """Say to whoever pressed a button what is kept now, and what they had typed."""
    told = (
        _("This was changed while you looked at it, so nothing was done. Now it is: %s.") % kept
    )
    typed = [str(text) for name, text in request.POST.items() if name not in NOT_TYPED]
    if any(typed):
        told += " " + _("You had given: %s.") % ", ".join(filter(None, typed))
    return f"{told} {_('Do it again if you still mean it.')}"


def named(
    own: Mapping[str, forms.Form], given: Mapping[str, forms.Form]
) -> dict[str, forms.Form]:
    """Return a page's forms, those that were sent in place of new ones, each with its ids."""
    found = {**own, **given}
    for name, form in found.items():
        if hasattr(own.get(name), "version"):
            form.version = own[name].version  # type: ignore[attr-defined]
        form.auto_id = f"{name}-%s"
    return found


def person_in(request: Request, facts: Team, key: str) -> Person:
    """Return a person whom the viewer may read about; anybody else is not there (404)."""
    row = readable(request, models.Person.objects.filter(withdrawn_at=None), key=key)
    for person in facts.people:
        if person.key == row.key:
            return person
    raise Http404


def own_page(request: Request, name: str) -> HttpResponse:
    """Lead a member to their own page; whoever has none is told so."""
    viewer = viewer_in(request)
    if access.Role.MEMBER in viewer.roles:
        return redirect(name, viewer.email)
    return render(request, "people/nothing.html")


def names_of(facts: Team, *, lead_name: str) -> dict[str, str]:
    """Return the name of each address, the lead's included."""
    names = {email: person.name for person in facts.people for email in person.emails}
    return names | dict.fromkeys(facts.lead, lead_name)


def readers(kind: str) -> tuple[str, ...]:
    """Return the printed list of who reads records of a kind."""
    return access.readers_of(kind)
