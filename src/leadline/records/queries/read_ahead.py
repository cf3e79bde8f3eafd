"""Everything that pages keep in memory, read before the first of them is asked for."""

from __future__ import annotations

from leadline.records.models import Source
from leadline.records.queries.projects import project_rows
from leadline.records.queries.team import CalendarFacts
from leadline.records.snapshots import load_facts


def read_ahead() -> None:
    """Decode every snapshot, and put the inventory in order."""
    load_facts(Source.Kind.CALENDAR, CalendarFacts)
    project_rows()
