"""Reading experiments: a table is audited, a plan is followed to its verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from leadline.library.audit import audit
from leadline.library.experiment_findings import audit_findings, readout_findings
from leadline.library.experiments import analyze
from leadline.records.actions.readings import Report
from leadline.records.models import Source
from leadline.records.readers.words import counted
from leadline.records.snapshots import KeptFindings, keep_facts

if TYPE_CHECKING:
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Experiments


def read_experiments(
    workspace: Workspace, experiments: Experiments, source: Source, *, at: datetime
) -> Report:
    """Keep what a table or a plan has to say today."""
    today = at.astimezone(ZoneInfo(workspace.configuration.lead.timezone)).date()
    path = str(workspace.locate(experiments.file or experiments.plan))
    if experiments.plan:
        readout = replace(
            analyze(None, plan=path, today=today),
            place=experiments.plan,
            command=f"leadline experiments analyze {experiments.plan}",
        )
        findings = readout_findings(readout)
        summary = f"{readout.name}: {readout.verdict.word}"
        notes = readout.notes
    else:
        found = audit(
            path,
            columns=experiments.columns,
            metrics=experiments.metrics,
            control=experiments.control,
            missing=experiments.missing,
            key_results=experiments.key_results,
            today=today,
        )
        found = replace(found, place=experiments.file)
        findings = audit_findings(found)
        summary = counted(len(found.claims), "result", "results")
        notes = found.notes
    keep_facts(source, KeptFindings(today=today, findings=findings))
    return Report(summary=summary, notes=notes)
