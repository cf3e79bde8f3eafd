"""Long lists a page at a time; the address says which, so that it works without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from leadline.web.requests import Request

SIZE = 30


def paged(
    request: Request, rows: Sequence[Any] | QuerySet[Any], *, name: str = "page"
) -> Page[Any]:
    """Return the part of a list that the address asks for; the nearest one if it has no such.

    Parameters
    ----------
    name : str
        Of the address's parameter: a page with two lists has two.
    """
    part = Paginator(rows, SIZE).get_page(request.GET.get(name))
    part.name = name  # type: ignore[attr-defined]
    return part
