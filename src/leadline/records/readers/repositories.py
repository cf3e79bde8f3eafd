"""Reading a git repository into what its knowledge map says."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from leadline.records.actions.readings import Report
from leadline.records.models import Source
from leadline.records.queries.repositories import read_map, repository_facts
from leadline.records.queries.team import team
from leadline.records.readers.words import counted
from leadline.records.snapshots import keep_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Repository


def read_repository(
    workspace: Workspace, repository: Repository, source: Source, *, at: datetime
) -> Report:
    """Keep what the rules say of a repository today, and who is named in it."""
    today = workspace.day_at(at)
    facts = team(workspace, today=today)
    known = read_map(workspace, repository, facts, today=today)
    keep_facts(source, repository_facts(workspace, known, facts))
    files = counted(len(known.files), "file", "files")
    last = f", last moved on {known.last_on}" if known.last_on else ""
    return Report(
        summary=f"{files} at {known.head[:10] or 'no commit'}{last}", notes=known.notes
    )
