"""Experiments and the ledger: what was claimed, what stands, and a page to forward."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe

from leadline.errors import LeadlineError
from leadline.records import access
from leadline.records.models import GuestLink
from leadline.records.queries.experiment_pages import (
    ExperimentSource,
    audit_html,
    experiment_source,
    experiment_sources,
    impact_html,
    readout_html,
)
from leadline.records.queries.experiments import (
    KeptClaim,
    KeptExperiments,
    kept_experiments,
)
from leadline.web.paging import paged
from leadline.web.permissions import reads, viewer_in
from leadline.web.requests import Request


@reads("experiment")
def index(request: Request) -> HttpResponse:
    """List every experiment that a table or a plan knows."""
    kept = kept_experiments()
    sources = [
        (source, _newest_first(request, kept.get(source.name), name=f"page-{n}"))
        for n, source in enumerate(experiment_sources(request.workspace), start=1)
    ]
    context = {"sources": sources, "readers": access.readers_of("experiment")}
    return render(request, "experiments/index.html", context)


@reads("experiment")
def readout(request: Request, slug: str) -> HttpResponse:
    """Show the audit of a table, or the readout of a plan."""
    source = _source_or_404(request, slug)
    write = readout_html if source.is_plan else audit_html
    context = {
        "source": source,
        **_page(request, source, write),
        "readers": access.readers_of("experiment"),
    }
    return render(request, "experiments/readout.html", context)


@reads("impact", guests=True)
def impact(request: Request, slug: str) -> HttpResponse:
    """Show what the changes brought: the page that a lead forwards."""
    source = _source_or_404(request, slug)
    if source.is_plan:
        raise Http404
    viewer = viewer_in(request)
    address = reverse("impact", args=[slug])
    context = {
        "source": source,
        **_page(request, source, impact_html),
        "address": address,
        "label": f"What the changes brought: {source.name}",
        "may_share": access.may_change(viewer, "guest link"),
        "links": access.visible(
            viewer, GuestLink.objects.filter(page=address, revoked_at=None)
        ),
        "readers": access.readers_of("impact"),
    }
    return render(request, "experiments/impact.html", context)


def _page(
    request: Request, source: ExperimentSource, write: Callable[..., str]
) -> dict[str, Any]:
    """Return the part of a page, or why there is none."""
    today: date = request.today
    try:
        text = write(request.workspace, source, today=today)
    except LeadlineError as error:
        return {"problem": error.message, "hint": error.hint}
    # Written by the library with everything from sources escaped.
    return {"body": mark_safe(text)}  # noqa: S308


def _newest_first(
    request: Request, kept: KeptExperiments | None, *, name: str
) -> dict[str, Any] | None:
    if kept is None:
        return None
    claims = paged(request, _claims(kept), name=name)
    totals = [total for total in kept.totals if total.group == "all"]
    return {"kept": kept, "claims": claims, "totals": totals}


def _claims(kept: KeptExperiments) -> tuple[KeptClaim, ...]:
    """Return claims, the newest first; what still runs stands above."""
    newest_first = sorted(
        kept.claims, key=lambda one: one.concluded_on or date.max, reverse=True
    )
    return tuple(newest_first)


def _source_or_404(request: Request, slug: str) -> ExperimentSource:
    source = experiment_source(request.workspace, slug)
    if source is None:
        raise Http404
    return source
