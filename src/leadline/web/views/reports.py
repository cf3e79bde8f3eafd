"""Drafts to edit and send: the report of a month, and the proposal of a project."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import content_disposition_header

from leadline.errors import InputError
from leadline.practice.reports import Draft, as_markdown
from leadline.records import access
from leadline.records.queries.reports import proposal_of, report_of_month
from leadline.web.permissions import reads, viewer_in
from leadline.web.requests import Request
from leadline.web.views.projects import page_or_404


@reads("report")
def month(request: Request) -> HttpResponse:
    """Show the draft of a month: this one, or `?month=2026-10`."""
    wanted = _month(request)
    draft = report_of_month(
        request.workspace, month=wanted, today=request.today, at=timezone.now()
    )
    return _shown(request, draft, kind="report", name=f"report-{wanted:%Y-%m}", month=wanted)


@reads("project")
def proposal(request: Request, slug: str) -> HttpResponse:
    """Show the draft of a project's proposal."""
    page, viewer = page_or_404(slug), viewer_in(request)
    diagnosis = access.visible_findings(viewer, page.diagnosis)
    draft = proposal_of(replace(page, diagnosis=diagnosis), today=request.today)
    return _shown(request, draft, kind="project", name=f"proposal-{slug}", month=None)


def _month(request: Request) -> date:
    said = request.GET.get("month", "")
    if not said:
        return request.today.replace(day=1)
    try:
        return datetime.strptime(said, "%Y-%m").date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise InputError(f"{said!r} is no month", hint="Write it as 2026-11.") from None


def _shown(
    request: Request, draft: Draft, *, kind: str, name: str, month: date | None
) -> HttpResponse:
    if request.GET.get("as") == "markdown":
        answer = HttpResponse(as_markdown(draft), content_type="text/markdown; charset=utf-8")
        answer["Content-Disposition"] = content_disposition_header(
            as_attachment=True, filename=f"{name}.md"
        )
        return answer
    numbers = {receipt: str(number) for number, receipt in enumerate(draft.receipts, start=1)}
    sections = [
        (one, [(said, said.receipt and numbers[said.receipt]) for said in one.sentences])
        for one in draft.sections
        if one.sentences or one.nothing
    ]
    context = {
        "draft": draft,
        "sections": sections,
        "receipts": numbers,
        "month": month,
        "this_month": request.today,
        "readers": access.readers_of(kind),
    }
    return render(request, "reports/draft.html", context)
