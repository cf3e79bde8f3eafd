"""Mine: everything held about whoever looks; see, correct, export, purge, who read it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from textwrap import indent
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from leadline.errors import InputError
from leadline.records import access
from leadline.records.actions.correct import correct as correct_fact
from leadline.records.actions.erase import purge as purge_everything
from leadline.records.models import SensitiveRead
from leadline.records.queries.held import Held
from leadline.records.queries.mine import (
    Known,
    find_person,
    known_by,
    pieces_about,
)
from leadline.records.queries.names import names_by_address
from leadline.web.answering import answer, named
from leadline.web.forms.people import CorrectionForm, PurgeForm
from leadline.web.kept import editing
from leadline.web.permissions import changes, reads, viewer_in
from leadline.web.requests import Request

MOST = 5
"""Pieces of a kind that the page shows; the export has all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Folded:
    """The same words from the same kind of place, from the first day to the last."""

    text: str
    place: str
    readers: tuple[str, ...]
    first: date | None
    last: date | None
    n: int


@reads("own page")
def page(request: Request) -> HttpResponse:
    """Show everything that is held about the viewer."""
    return _page(request, {})


@reads("own page")
def export(request: Request) -> StreamingHttpResponse:
    """Return the same as a file, written while it is read: ten years take a while."""
    viewer = viewer_in(request)
    known = known_by(viewer.email)
    held = pieces_about(known, asked_by=viewer)
    return StreamingHttpResponse(
        _file(known, held),
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="mine.json"'},
    )


def _file(known: Known, held: Iterable[Held]) -> Iterator[str]:
    """Yield the file in parts; cut off, it is no JSON, so nobody takes a half for the whole."""
    about = {"key": known.addresses[0], "name": known.name, "addresses": known.addresses}
    yield f'{_json(about)[:-2]},\n  "held": ['
    for n, piece in enumerate(held):
        yield f"{',' if n else ''}\n{indent(_json(piece.to_dict()), '    ')}"
    yield "\n  ]\n}\n"


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)


@changes("correction")
def correct(request: Request) -> HttpResponse:
    """Say what is right; it wins over the people file."""

    def do(values: dict[str, Any]) -> None:
        correct_fact(
            viewer_in(request).email, at=timezone.now(),
            names=names_by_address(request.workspace), **values,
        )  # fmt: skip

    return answer(
        request, "correct", CorrectionForm(request.POST), do, to=("mine",),
        page=lambda given: _page(request, given), say=_("Corrected. It wins from now on."),
        now=lambda: find_person(viewer_in(request).email),
    )  # fmt: skip


@changes("correction")
def purge(request: Request) -> HttpResponse:
    """Delete everything about the viewer, sign them out, and say what stays."""
    viewer = viewer_in(request)
    if find_person(viewer.email) is None:
        messages.error(request, _("Only somebody on the roster purges themselves."))
        return redirect("mine")
    form = PurgeForm(request.POST)
    if not form.is_valid() or form.cleaned_data["address"].lower() not in viewer.addresses:
        if form.is_valid():
            form.add_error("address", _("This is not your address; nothing was deleted."))
        shown = _page(request, {"purge": form})
        shown.status_code = 422
        return shown
    try:
        stays = purge_everything(request.workspace, viewer.email, at=timezone.now())
    except InputError as error:
        messages.error(request, str(error))
        return redirect("mine")
    logout(request)
    return render(request, "people/purged.html", {"stays": stays})


def _page(request: Request, given: Mapping[str, forms.Form]) -> HttpResponse:
    viewer = viewer_in(request)
    known = known_by(viewer.email)
    pieces = pieces_about(known, asked_by=viewer, most=MOST)
    held = sorted(pieces, key=lambda one: one.what)
    groups = [_group(what, pieces) for what, pieces in groupby(held, key=lambda one: one.what)]
    context = {
        "groups": groups,
        "read_by": access.visible(viewer, SensitiveRead.objects.all())[:50],
        "is_on_roster": known.person is not None,
        "forms": named(
            {"correct": editing(CorrectionForm(), known.person), "purge": PurgeForm()}, given
        ),
    }
    return render(request, "people/mine.html", context)


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Pieces of a kind, as the page lists them.

    Attributes
    ----------
    what : str
        The kind.
    pieces : list of Folded
        The first ones.
    n_more : int
        How many others stand in the export.
    place, readers
        Of all the pieces shown, said once below them; empty where they differ.
    """

    what: str
    pieces: list[Folded]
    n_more: int
    place: str
    readers: tuple[str, ...]


def _group(what: str, held: Iterable[Held]) -> Group:
    folded = _folded(held)
    shown = folded[:MOST]
    places, readers = {one.place for one in shown}, {one.readers for one in shown}
    return Group(
        what=what,
        pieces=shown,
        n_more=len(folded) - len(shown),
        place=places.pop() if len(places) == 1 else "",
        readers=readers.pop() if len(readers) == 1 else (),
    )


def _folded(pieces: Iterable[Held]) -> list[Folded]:
    """Show a stand-up of every day once; the export has each."""
    found: dict[tuple[str, tuple[str, ...]], list[Held]] = {}
    for piece in pieces:
        found.setdefault((piece.text, piece.readers), []).append(piece)
    return [_fold(text, readers, same) for (text, readers), same in found.items()]


def _fold(text: str, readers: tuple[str, ...], same: list[Held]) -> Folded:
    days = [
        day
        for piece in same
        for day in (piece.since, piece.on)
        if day and day.isoformat() not in text  # said already
    ]
    return Folded(
        text=text,
        place=same[0].place,
        readers=readers,
        first=min(days, default=None),
        last=max(days, default=None),
        n=sum(piece.times for piece in same),
    )
