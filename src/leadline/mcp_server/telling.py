"""How what the pages know is told to an assistant: plain values, and no more than it uses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec
from django.core.paginator import InvalidPage, Paginator

from leadline.errors import InputError
from leadline.findings import Finding
from leadline.records import access
from leadline.records.access import Viewer
from leadline.records.queries.experiments import KeptClaim
from leadline.records.queries.projects import ProjectRow
from leadline.records.queries.watched import WatchedModel

PAGE = 25
"""Projects or claims in one answer: a model reads no more than that with care."""

ON_ITS_PAGE = (
    "location", "charter", "charter_problem", "evidence", "asked", "areas", "risks",
    "questions",
)  # fmt: skip
"""What a project's own answer says of its facts beyond its line."""

OF_A_FINDING = (
    "id",
    "rule",
    "subject",
    "sentence",
    "due_on",
    "question",
    "receipts",
    "citation",
)
"""What is told of a finding; the rest only ranks it."""

OF_A_WATCH = ("verdict", "alerts", "failures", "benign", "undecided", "command")


def page_of(rows: Sequence[Any], page: int) -> tuple[Sequence[Any], int]:
    """Return one page of rows, and how many pages there are."""
    pages = Paginator(rows, PAGE)
    try:
        return list(pages.page(page)), pages.num_pages
    except InvalidPage:
        raise InputError(
            f"there is no page {page}", hint=f"Ask for one of 1 to {pages.num_pages}."
        ) from None


def line_of(row: ProjectRow) -> dict[str, Any]:
    """Return a project as one line of the inventory."""
    facts = row.facts
    line: dict[str, Any] = plain(
        {
            "name": facts.name,
            "purpose": facts.purpose,
            "state": facts.state,
            "reason": facts.reason,
            "ask": facts.owners,
            "last_moved_on": facts.last_on,
            "held_back_by": row.held_back_by and row.held_back_by.stage,
            "question": row.held_back_by and row.held_back_by.question,
            "brought": row.total,
            "confirmed_on": row.confirmed_on,
        }
    )
    return line


def told(reader: Viewer, found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return those findings that the reader may read, without what only ranks them."""
    known = [one.to_dict() for one in access.visible_findings(reader, found)]
    return [plain({name: one[name] for name in OF_A_FINDING}) for one in known]


def ended_on(claim: KeptClaim) -> date:
    """Return the day a claim's experiment ended; what goes on comes after all of them."""
    return claim.concluded_on or date.max


def watch_of(model: WatchedModel) -> dict[str, Any]:
    """Return what stands of a watched model."""
    series = model.kept.series
    return {
        "model": model.name,
        "as_of": series.today.isoformat(),
        **plain({name: getattr(series, name) for name in OF_A_WATCH}),
        "ml_test_score": {
            "of_7": series.test_score.score,
            "held_down_by": series.test_score.weakest,
        },
    }


def plain(value: Any) -> Any:
    """Return plain values without what is empty: nothing is said where nothing is known."""
    return _without_empty(msgspec.to_builtins(value))


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _without_empty(entry) for key, entry in value.items()}
        return {key: entry for key, entry in kept.items() if entry not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [_without_empty(entry) for entry in value]
    return value
