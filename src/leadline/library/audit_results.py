"""What an audit returns: claims, the checks they fail, and what they add up to."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from leadline.analysis.experiments.shrinkage import Prior
    from leadline.connectors.experiments.problems import DataProblem
    from leadline.findings import Finding

Check = Literal[
    "unreadable",
    "sample ratio mismatch",
    "chance among arms",
    "not significant",
    "underpowered",
    "harm",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A check that a claim does not pass, with the number that says so."""

    check: Check
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What one experiment claims, and whether it stands.

    Attributes
    ----------
    experiment, metric, arm, control : str
        The arm that was shipped, or else the best one.
    project, quarter : str
        Empty where the table does not tell.
    is_claimed : bool
        Whether anybody would claim a gain: shipped, or better with an unadjusted p < α.
    stands : bool
        Whether the claim passes every check.
    failures : tuple of Failure
        Why it does not.
    n_obs : int
    effect_size, se, pvalue : float
        In the good direction, per unit; NaN where it could not be measured.
    rel_effect_size : float
    believed, believed_lower, believed_upper : float
        After shrinking; NaN where the data cannot be trusted.
    reach : float
        Units that a year touches; 1 where the table does not tell.
    concluded_on : date or None
    predicted, predicted_se : float
        What was promised before; NaN where nothing was.
    is_shipped : bool
        Whether the table says so.
    is_share : bool
        Whether the effect is a difference of shares.
    """

    experiment: str
    metric: str
    arm: str
    control: str
    project: str
    quarter: str
    is_claimed: bool
    stands: bool
    failures: tuple[Failure, ...]
    n_obs: int
    effect_size: float
    se: float
    pvalue: float
    rel_effect_size: float
    believed: float
    believed_lower: float
    believed_upper: float
    reach: float = 1.0
    concluded_on: date | None = None
    predicted: float = math.nan
    predicted_se: float = 0.0
    is_shipped: bool = False
    is_share: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """A group's claimed sum beside what is believed of it.

    Attributes
    ----------
    group : str
        "all", a quarter or a project.
    metric : str
    n_experiments, n_claims, n_stand : int
    claimed : float
        Sum of the claimed effects, as reports add them up.
    believed, lower, upper : float
        Sum of the shrunken effects of the claims whose data can be trusted, with its
        interval.
    n_untrusted : int
        Claims that count as nothing, because their data cannot be trusted.
    is_share : bool
        Whether the sums are points of shares: no reach turns them into counts.
    """

    group: str
    metric: str
    n_experiments: int
    n_claims: int
    n_stand: int
    claimed: float
    believed: float
    lower: float
    upper: float
    n_untrusted: int
    is_share: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """The audit of a file of experiments.

    Attributes
    ----------
    place : str
    as_of : date
    claims : tuple of Claim
        One for each experiment and metric, in the file's order of names.
    totals, by_quarter, by_project : tuple of Total
    prior : dict of metric to Prior
        How large effects really are here, or the default.
    notes : tuple of str
        What was taken for granted.
    problems : tuple of DataProblem
    without_end : tuple of str
        Experiments that started long ago and have no end.
    alpha : float
    key_results : tuple of str
        What the team set out to move; empty where no list was given.
    moved_by : dict of experiment to str
        The key result that the table names for it; empty where it names none.
    """

    place: str
    as_of: date
    claims: tuple[Claim, ...]
    totals: tuple[Total, ...]
    by_quarter: tuple[Total, ...]
    by_project: tuple[Total, ...]
    prior: dict[str, Prior]
    notes: tuple[str, ...]
    problems: tuple[DataProblem, ...]
    without_end: tuple[str, ...]
    alpha: float
    key_results: tuple[str, ...] = ()
    moved_by: dict[str, str] = field(default_factory=dict)

    @property
    def orphan_key_results(self) -> tuple[str, ...]:
        """Key results that no experiment is meant to move."""
        return tuple(k for k in self.key_results if k not in self.moved_by.values())

    @property
    def orphan_experiments(self) -> tuple[str, ...]:
        """Experiments that no key result of the list stands behind."""
        if not self.key_results:
            return ()
        return tuple(e for e, k in self.moved_by.items() if k not in self.key_results)

    @property
    def standing(self) -> tuple[Claim, ...]:
        """Claims that pass every check."""
        return tuple(claim for claim in self.claims if claim.stands)

    @property
    def falling(self) -> tuple[Claim, ...]:
        """Claims that somebody makes and that do not stand."""
        return tuple(c for c in self.claims if c.is_claimed and not c.stands)

    @property
    def underpowered(self) -> tuple[Claim, ...]:
        """Claims from tests too small for effects of the size seen here."""
        return tuple(
            claim
            for claim in self.claims
            if claim.is_claimed and any(f.check == "underpowered" for f in claim.failures)
        )

    @property
    def mismatched(self) -> tuple[str, ...]:
        """Experiments whose arms did not get the units that the split gives."""
        return tuple(
            dict.fromkeys(
                claim.experiment
                for claim in self.claims
                if any(f.check == "sample ratio mismatch" for f in claim.failures)
            )
        )

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a brief says of it."""
        from leadline.library.experiment_findings import audit_findings  # noqa: PLC0415

        return audit_findings(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        # As dataclasses.asdict, without its deep copies: thousands of claims take a second.
        plain: dict[str, Any] = msgspec.to_builtins(self, builtin_types=(date,))
        return plain | {
            "n_experiments": len({claim.experiment for claim in self.claims}),
            "n_claims": sum(claim.is_claimed for claim in self.claims),
            "n_stand": len(self.standing),
            "orphan_key_results": list(self.orphan_key_results),
            "orphan_experiments": list(self.orphan_experiments),
        }

    def _repr_html_(self) -> str:
        from leadline.library.pages import audit_fragment  # noqa: PLC0415 - only to show

        return audit_fragment(self)

    def plot(self) -> Any:
        """Return claimed against believed totals, as an Altair chart."""
        from leadline.library.pages import audit_chart_of  # noqa: PLC0415 - only to draw

        return audit_chart_of(self)
