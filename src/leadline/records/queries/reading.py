"""The latest changes of every repository, with what makes one worth reading."""

from __future__ import annotations

from datetime import date, timedelta

from leadline.practice.recent_changes import Change, ReadingFacts
from leadline.records.models import Source
from leadline.records.queries.repositories import RepositoryFacts
from leadline.records.snapshots import load_facts

FRESH_DAYS = 21
"""Changes older than this are no morning's reading."""


def reading_list(*, today: date) -> tuple[tuple[Change, ...], dict[str, ReadingFacts]]:
    """Return recent changes, and the facts of each repository by its name."""
    since = today - timedelta(days=FRESH_DAYS)
    kept = load_facts(Source.Kind.GIT, RepositoryFacts)
    changes = [
        change
        for facts in kept.values()
        for change in facts.changes
        if since <= change.on <= today
    ]
    return tuple(changes), {
        name: facts.reading for name, facts in kept.items() if facts.reading
    }
