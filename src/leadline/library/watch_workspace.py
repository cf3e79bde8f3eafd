"""The `[[watch]]` tables of a workspace: each model looked at as its entry says."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadline.connectors.experiments.plans import read_plan
from leadline.connectors.saved_models import load_model
from leadline.errors import LeadlineError
from leadline.library.watch import watch

if TYPE_CHECKING:
    from leadline.library.watch_result import Watch
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Watch as Entry


def watch_entry(workspace: Workspace, entry: Entry, *, today: date) -> Watch:
    """Look at one model of a workspace; its counts are kept in the workspace's state.

    Raises
    ------
    LeadlineError
        The table, its reference or the folder of its code cannot be read.
    """
    is_address = "://" in entry.source
    source = entry.source if is_address else str(workspace.locate(entry.source))
    found = watch(
        source,
        today=today,
        reference=str(workspace.locate(entry.reference)) if entry.reference else None,
        table=entry.table,
        model=entry.model,
        owner=entry.owner,
        day=entry.day,
        columns=entry.columns,
        segments=entry.segments,
        score=entry.score,
        target=entry.target,
        latency=entry.latency,
        fallback=entry.fallback,
        kpi=entry.kpi,
        dependence=entry.dependence or None,
        predictor=_predictor(workspace, entry),
        state=state_path(workspace, entry),
        code=workspace.locate(entry.code) if entry.code else None,
        starts=_starts(workspace),
        reference_days=entry.reference_days,
        label_days=entry.label_days,
        grace_days=entry.grace_days,
    )
    return found if is_address else replace(found, place=entry.source)


def state_path(workspace: Workspace, entry: Entry) -> Path:
    """Return where a model's counts are kept; what is counted is a part of the name."""
    counted = (entry.source, entry.table, entry.reference, entry.day, *entry.columns, "\0",
               *entry.segments, entry.score, entry.target, entry.latency, entry.fallback,
               entry.kpi, str(entry.reference_days), entry.predictor)  # fmt: skip
    digest = hashlib.sha256("\0".join((entry.model, *counted)).encode()).hexdigest()[:12]
    return workspace.state / "watch" / f"{digest}.json"


def _predictor(workspace: Workspace, entry: Entry) -> Any:
    """Load the model that is asked what it depends on, once: its answer is kept."""
    if not entry.predictor or state_path(workspace, entry).exists():
        return None
    is_file = ":" not in entry.predictor
    return load_model(
        str(workspace.locate(entry.predictor)) if is_file else entry.predictor, trust=False
    )


def _starts(workspace: Workspace) -> list[tuple[date, str]]:
    """Return when the workspace's planned experiments started, as far as plans say."""
    found = []
    for experiments in workspace.configuration.experiments:
        if not experiments.plan:
            continue
        try:
            plan = read_plan(workspace.locate(experiments.plan))
        except LeadlineError:
            continue  # told by the reading of the experiment itself
        if plan.started_on is not None:
            found.append((plan.started_on, f"experiment {plan.name} started"))
    return found
