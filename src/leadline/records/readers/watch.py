"""Reading predictions: each watched model is looked at, and what stands is kept."""

from __future__ import annotations

import shlex
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING

import msgspec

from leadline.library.watch_findings import watch_findings
from leadline.library.watch_series import series_of
from leadline.library.watch_test_score import score_of
from leadline.library.watch_workspace import watch_entry
from leadline.records.actions.readings import Report
from leadline.records.erasure import erased_addresses
from leadline.records.queries.names import names_by_address
from leadline.records.readers.words import counted
from leadline.records.snapshots import KeptWatch, keep_facts

if TYPE_CHECKING:
    from leadline.records.models import Source
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Watch


def read_watch(workspace: Workspace, entry: Watch, source: Source, *, at: datetime) -> Report:
    """Keep what watching a model has to say today."""
    today = workspace.day_at(at)
    if entry.owner in erased_addresses():
        entry = msgspec.structs.replace(entry, owner="")
    found = watch_entry(workspace, entry, today=today)
    command = shlex.join(
        ["leadline", "watch", "--model", entry.model, "--today", today.isoformat()]
    )
    keep_facts(
        source,
        KeptWatch(
            today=today,
            findings=watch_findings(
                found,
                command=command,
                owner=names_by_address(workspace).get(entry.owner.lower(), ""),
            ),
            series=series_of(found, score_of(found, by_hand=entry.by_hand), command=command),
            code=_code(workspace, entry),
        ),
    )
    n_alerts = counted(len(found.alerts), "alert", "alerts")
    notes = tuple(f"{what}: {how}" for what, how in found.look.unanswered.items())
    return Report(summary=f"{found.verdict}, {n_alerts}", notes=notes)


def _code(workspace: Workspace, entry: Watch) -> str:
    """Return where a model's code is, written as the workspace file writes its repository."""
    if not entry.code:
        return ""
    place = workspace.locate(entry.code).resolve()
    for one in workspace.configuration.repository:
        root = workspace.locate(one.path).resolve() if one.path else None
        if root and place.is_relative_to(root):
            return str(PurePath(one.path) / place.relative_to(root))
    return entry.code
