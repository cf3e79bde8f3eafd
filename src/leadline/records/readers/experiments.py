"""Reading experiments: a table is audited, a plan is followed to its verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from leadline.library.experiment_findings import audit_findings, readout_findings
from leadline.records.actions.readings import Report
from leadline.records.erasure import erased_addresses
from leadline.records.models import Source
from leadline.records.queries.experiments import KeptClaim, KeptExperiments, KeptTotal
from leadline.records.readers.experiment_tables import audit_of, plan_of, readout_of
from leadline.records.readers.words import counted
from leadline.records.snapshots import keep_facts

if TYPE_CHECKING:
    from leadline.connectors.experiments.plans import Plan
    from leadline.library.audit_results import Claim, Total
    from leadline.workspace import Workspace
    from leadline.workspace.configuration import Experiments


def read_experiments(
    workspace: Workspace, experiments: Experiments, source: Source, *, at: datetime
) -> Report:
    """Keep what a table or a plan has to say today."""
    today = workspace.day_at(at)
    if experiments.plan:
        plan = plan_of(workspace, experiments)
        readout = readout_of(workspace, experiments, today=today)
        kept = KeptExperiments(
            today=today,
            findings=readout_findings(readout),
            name=readout.name,
            verdict=readout.verdict.word,
            reason=readout.verdict.reason,
            ends_on=plan.ends_on,
            owner=_owner(plan),
        )
        summary = f"{readout.name}: {readout.verdict.word}"
        notes = readout.notes
    else:
        found = audit_of(workspace, experiments, today=today)
        kept = KeptExperiments(
            today=today,
            findings=audit_findings(found),
            claims=tuple(map(_claim, found.claims)),
            totals=tuple(map(_total, _each(found.totals, found.by_project))),
            without_end=found.without_end,
        )
        summary = counted(len(found.claims), "result", "results")
        notes = found.notes
    keep_facts(source, kept)
    return Report(summary=summary, notes=notes)


def _owner(plan: Plan) -> str:
    """Return the address of whom a plan names, unless they were purged."""
    address = plan.owner.strip().lower()
    return address if "@" in address and address not in erased_addresses() else ""


def _each(*totals: Iterable[Total]) -> list[Total]:
    return [total for some in totals for total in some]


def _claim(claim: Claim) -> KeptClaim:
    return KeptClaim(
        experiment=claim.experiment,
        project=claim.project,
        metric=claim.metric,
        arm=claim.arm,
        control=claim.control,
        n_obs=claim.n_obs,
        change=_known(claim.rel_effect_size),
        effect=_known(claim.effect_size),
        believed=_known(claim.believed),
        lower=_known(claim.believed_lower),
        upper=_known(claim.believed_upper),
        concluded_on=claim.concluded_on,
        is_claimed=claim.is_claimed,
        is_shipped=claim.is_shipped,
        stands=claim.stands,
        reasons=tuple(failure.reason for failure in claim.failures),
    )


def _total(total: Total) -> KeptTotal:
    return KeptTotal(
        group=total.group,
        metric=total.metric,
        n_experiments=total.n_experiments,
        n_claims=total.n_claims,
        n_stand=total.n_stand,
        claimed=_known(total.claimed),
        believed=_known(total.believed),
        lower=_known(total.lower),
        upper=_known(total.upper),
    )


def _known(number: float) -> float | None:
    """Return a number as JSON can hold it: undefined is None."""
    return number if math.isfinite(number) else None
