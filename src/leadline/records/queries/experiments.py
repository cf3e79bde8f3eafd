"""Experiments as they were last read: claims, totals, verdicts; pages without statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from leadline.findings import Finding
from leadline.records.kept_work import while_same
from leadline.records.models import Source
from leadline.records.queries.project_facts import slug_of
from leadline.records.snapshots import load_facts


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptClaim:
    """What one experiment claims, and whether it stands. None where it is undefined.

    Attributes
    ----------
    experiment, project, metric, arm, control : str
        Which; the project is empty where the table does not tell.
    n_obs : int
        Units of both arms.
    change : float or None
        Against the control, as a share of its value.
    effect, believed, lower, upper : float or None
        Per unit: measured, and after shrinking with its interval.
    concluded_on : date or None
        The day it ended.
    is_claimed, is_shipped, stands : bool
        Whether anybody would claim a gain, users have it, and it passes every check.
    reasons : tuple of str
        Why it does not stand.
    """

    experiment: str
    project: str
    metric: str
    arm: str
    control: str
    n_obs: int
    change: float | None
    effect: float | None
    believed: float | None
    lower: float | None
    upper: float | None
    concluded_on: date | None
    is_claimed: bool
    is_shipped: bool
    stands: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptTotal:
    """A group's claimed sum beside what is believed of it, per unit.

    Attributes
    ----------
    group, metric : str
        "all" or a project; of which metric.
    n_experiments, n_claims, n_stand : int
        How many.
    claimed, believed, lower, upper : float or None
        The naive sum, the shrunken one and its interval.
    """

    group: str
    metric: str
    n_experiments: int
    n_claims: int
    n_stand: int
    claimed: float | None
    believed: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptExperiments:
    """What a table or a plan of experiments said when it was last read.

    Attributes
    ----------
    today : date
        The day it was read for.
    findings : tuple of Finding
        What it says to a brief.
    claims, totals : tuple
        Of a table.
    without_end : tuple of str
        Experiments of a table that began long ago and have no end.
    name, verdict, reason : str
        Of a plan: the experiment, and what it came to.
    ends_on : date or None
        Of a plan: the last day that it says.
    owner : str
        Of a plan: the address of who decides; empty where it names none.
    """

    today: date
    findings: tuple[Finding, ...]
    claims: tuple[KeptClaim, ...] = ()
    totals: tuple[KeptTotal, ...] = ()
    without_end: tuple[str, ...] = ()
    name: str = ""
    verdict: str = ""
    reason: str = ""
    ends_on: date | None = None
    owner: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedEnd:
    """The last day of an experiment that no table calls concluded.

    Attributes
    ----------
    name : str
        Of the experiment.
    slug : str
        Of its readout.
    on : date
    owner : str
        The address of who decides; empty where the plan names none.
    """

    name: str
    slug: str
    on: date
    owner: str


def planned_ends() -> tuple[PlannedEnd, ...]:
    """Return the planned ends of all experiments that are not concluded."""
    return _planned_ends(kept_experiments())


@while_same
def _planned_ends(kept: Mapping[str, KeptExperiments]) -> tuple[PlannedEnd, ...]:
    """Look through thousands of claims once: every page counts what waits."""
    concluded = {
        claim.experiment
        for one in kept.values()
        for claim in one.claims
        if claim.concluded_on is not None
    }
    return tuple(
        PlannedEnd(name=one.name, slug=slug_of(place), on=one.ends_on, owner=one.owner)
        for place, one in kept.items()
        if one.ends_on and one.name not in concluded
    )


def kept_experiments() -> Mapping[str, KeptExperiments]:
    """Return every table and plan that was read well, by its place in the workspace file."""
    return load_facts(Source.Kind.EXPERIMENTS, KeptExperiments)
