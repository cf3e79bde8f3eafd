"""Tables and plans of experiments, read as the workspace file says; sync and pages share it."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from leadline.connectors.experiments.plans import read_plan
from leadline.library.audit import audit
from leadline.library.experiments import analyze
from leadline.library.ledger import ledger

if TYPE_CHECKING:
    from leadline.connectors.experiments.plans import Plan
    from leadline.library.audit_results import Audit
    from leadline.library.ledger import LedgerPage
    from leadline.library.results import Readout
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Experiments


def audit_of(workspace: Workspace, experiments: Experiments, *, today: date) -> Audit:
    """Audit a table.

    Raises
    ------
    LeadlineError
        It cannot be read, or used as it is.
    """
    found = audit(
        str(workspace.locate(experiments.file)),
        columns=experiments.columns,
        metrics=experiments.metrics,
        control=experiments.control,
        missing=experiments.missing,
        key_results=experiments.key_results,
        today=today,
    )
    return replace(found, place=experiments.file)


def readout_of(workspace: Workspace, experiments: Experiments, *, today: date) -> Readout:
    """Follow a plan to its verdict; raises as `audit_of`."""
    found = analyze(None, plan=str(workspace.locate(experiments.plan)), today=today)
    command = f"leadline experiments analyze {shlex.quote(experiments.plan)}"
    return replace(found, place=experiments.plan, command=command)


def plan_of(workspace: Workspace, experiments: Experiments) -> Plan:
    """Return what was decided before an experiment; raises as `audit_of`."""
    return read_plan(workspace.locate(experiments.plan))


def ledger_of(workspace: Workspace, experiments: Experiments, *, today: date) -> LedgerPage:
    """Add up what the changes of a table brought; raises as `audit_of`."""
    found = ledger(
        str(workspace.locate(experiments.file)),
        columns=experiments.columns,
        metrics=experiments.metrics,
        control=experiments.control,
        missing=experiments.missing,
        today=today,
    )
    return replace(found, place=experiments.file)
