"""The calendar that a secret address leads to; programs open it without signing in."""

from __future__ import annotations

from hashlib import sha256

from django.http import HttpResponse
from django.utils.cache import get_conditional_response

from leadline.records.access import viewer_of
from leadline.records.actions.feeds import feed_behind
from leadline.records.queries.dates_ahead import dates_of
from leadline.web.feeds import feed_text
from leadline.web.limits import asked_too_often
from leadline.web.navigation import url_of
from leadline.web.permissions import open_to_anybody
from leadline.web.requests import Request
from leadline.web.views import errors

PER_MINUTE = 60
"""Times that one address may ask: an office of twenty, each asking now and then, is fewer."""


@open_to_anybody(
    "calendar programs cannot sign in: the secret address is the key",
    methods=("GET", "HEAD"),
    may_be_kept=True,
)
def feed(request: Request, feed: str) -> HttpResponse:
    """Show somebody's dates; whoever left the team, or took the address back, has none."""
    if asked_too_often(request, "feed", per_minute=PER_MINUTE):
        return errors.too_many(request)
    kept = feed_behind(feed)
    viewer = viewer_of(request.workspace, kept.address, today=request.today) if kept else None
    if kept is None or viewer is None:
        return HttpResponse("Nothing is here.", status=404, content_type="text/plain")
    dates = dates_of(request.workspace, viewer, today=request.today)
    text = feed_text(
        dates,
        made_at=kept.made_at,
        url_of=lambda page: request.build_absolute_uri(url_of(page)),
    )
    etag = f'"{sha256(text).hexdigest()[:32]}"'
    response = HttpResponse(
        text,
        content_type="text/calendar; charset=utf-8",
        headers={
            "ETag": etag,
            "Cache-Control": "private, no-cache",
            "Content-Disposition": 'inline; filename="leadline.ics"',
            "X-Robots-Tag": "noindex",
        },
    )
    return get_conditional_response(request, etag=etag, response=response) or response
