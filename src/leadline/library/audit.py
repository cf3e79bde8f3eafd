"""`leadline.audit`: all experiments of a file at once, and which of their claims stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np
from scipy.special import ndtr, ndtri

from leadline.analysis.experiments.effects import Effect, compare
from leadline.analysis.experiments.metrics import Metric, Quantile
from leadline.analysis.experiments.moments import Moments
from leadline.analysis.experiments.multiplicity import holm
from leadline.analysis.experiments.sample_ratio import ALPHA, sample_ratio
from leadline.analysis.experiments.shrinkage import Prior, fit_prior, shrink
from leadline.connectors.experiments.arms import About
from leadline.connectors.experiments.names import find_control
from leadline.connectors.experiments.tables import read_experiments
from leadline.connectors.warehouse import open_table
from leadline.errors import InputError, NotEnoughDataError
from leadline.library.wording import number_in_words, pvalue_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from leadline.analysis.experiments.moments import MissingPolicy
    from leadline.connectors.experiments.problems import DataProblem
    from leadline.connectors.warehouse.state import MomentsTable
    from leadline.connectors.warehouse.tables import Table
    from leadline.findings import Finding

Check = Literal[
    "unreadable",
    "sample ratio mismatch",
    "chance among arms",
    "not significant",
    "underpowered",
    "harm",
]

REST = "rest"
"""As a control: every arm against all others together, where no arm is a control."""

UNDERPOWERED = 0.5
"""Below this chance of finding a typical true effect, a winner exaggerates it badly."""

OPEN_DAYS = 90
"""A test that started this long ago, and has no end in the table, has none."""


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
        }

    def _repr_html_(self) -> str:
        from leadline.library.pages import audit_fragment  # noqa: PLC0415 - only to show

        return audit_fragment(self)

    def plot(self) -> Any:
        """Return claimed against believed totals, as an Altair chart."""
        from leadline.library.pages import audit_chart_of  # noqa: PLC0415 - only to draw

        return audit_chart_of(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tested:
    """One experiment and metric, compared in every arm."""

    experiment: str
    metric: Metric
    control: str
    effects: dict[str, Effect]
    failures: tuple[Failure, ...]
    about: About
    n_obs: int

    def gain(self, arm: str) -> float:
        """Effect of an arm in the good direction."""
        sign = 1.0 if self.metric.higher_is_better else -1.0
        return sign * self.effects[arm].effect_size


def audit(
    source: Any,
    *,
    metrics: Sequence[Metric | str] = (),
    control: str = "",
    weights: Mapping[str, float] | None = None,
    missing: MissingPolicy = "error",
    columns: Mapping[str, str] | None = None,
    table: str = "",
    spark: str = "",
    alpha: float = 0.05,
    cumulative: bool | None = None,
    today: date | None = None,
) -> Audit:
    """Check every experiment of a table, and add up what their claims are worth.

    Parameters
    ----------
    source : path, address or data frame
        A table with one row an arm (experiment, arm, n and conversions, or mean and sd),
        one an arm and day, or one a unit.
    metrics : sequence of Metric or str
        Recognised where nothing is said.
    control : str
        The control's name in every experiment; "rest" compares each arm with all others
        together. Recognised by default.
    weights, missing, columns, table, spark, alpha, cumulative, today
        As in `leadline.experiments.analyze`.

    Raises
    ------
    InputError
        The table cannot be used; the message names what, and the flag that helps.

    Examples
    --------
    >>> import pandas as pd
    >>> from leadline.library.audit import audit
    >>> table = pd.DataFrame({
    ...     "experiment": ["search", "search"], "variant": ["control", "new"],
    ...     "users": [1000, 700], "conversions": [100, 110],
    ... })
    >>> audit(table).falling[0].failures[0].check
    'sample ratio mismatch'
    """
    return audit_table(
        open_table(source, table=table, spark=spark),
        metrics=metrics,
        control=control,
        weights=weights,
        missing=missing,
        columns=columns,
        alpha=alpha,
        cumulative=cumulative,
        today=today,
    )


def audit_table(
    opened: Table,
    *,
    metrics: Sequence[Metric | str] = (),
    control: str = "",
    weights: Mapping[str, float] | None = None,
    missing: MissingPolicy = "error",
    columns: Mapping[str, str] | None = None,
    alpha: float = 0.05,
    cumulative: bool | None = None,
    today: date | None = None,
) -> Audit:
    """Audit a table that is open already; see `audit`."""
    found = read_experiments(
        opened,
        given=columns,
        metrics=[m for m in metrics if not isinstance(m, Quantile)],
        missing=missing,
        cumulative=cumulative,
    )
    as_of = today or date.today()  # noqa: DTZ011 - the reader's own calendar day
    tested: list[_Tested] = []
    notes = list(found.notes)
    taken: dict[str, int] = {}
    blocked = {p.experiment for p in found.problems if p.blocks}
    for name, moments in found.moments.by_experiment().items():
        for metric in found.metrics:
            result = _test(
                name, metric, moments, control=control, weights=weights, alpha=alpha,
                about=found.about.get(name, About()), taken=taken,
                is_blocked=bool({"", name} & blocked),
            )  # fmt: skip
            if result:
                tested.append(result)
    if not tested:
        raise InputError(f"{opened.place} holds no experiment with two arms")
    if taken:
        example = max(taken, key=taken.__getitem__)
        notes.append(
            f"In {sum(taken.values()):,} experiments no arm is named as a control; the first "
            f"by name was taken (e.g. {example}). Say --control NAME, or --control rest."
        )
    priors = _priors(tested)
    claims = _claims(tested, priors=priors, alpha=alpha)
    tells_ends = any(about.ended_on or about.shipped for about in found.about.values())
    claims += _unreadable(found.problems, metrics=found.metrics)
    return Audit(
        place=opened.place,
        as_of=as_of,
        claims=tuple(claims),
        totals=_totals(claims, by=lambda _: "all"),
        by_quarter=_totals(claims, by=lambda claim: claim.quarter),
        by_project=_totals(claims, by=lambda claim: claim.project),
        prior=priors,
        notes=tuple(notes),
        problems=found.problems,
        without_end=tuple(
            dict.fromkeys(
                t.experiment for t in tested if tells_ends and _has_no_end(t.about, as_of=as_of)
            )
        ),
        alpha=alpha,
    )


def _test(
    name: str,
    metric: Metric,
    moments: MomentsTable,
    *,
    control: str,
    weights: Mapping[str, float] | None,
    alpha: float,
    about: About,
    taken: dict[str, int],
    is_blocked: bool,
) -> _Tested | None:
    """Compare every arm of one experiment, and check its split."""
    sides = {
        arm: found
        for arm in moments.arms(name)
        if (found := moments.moments(metric.name, arm=arm, experiment=name)) is not None
    }
    if len(sides) < 2:
        return None
    failures = []
    if is_blocked:
        failures.append(Failure(check="unreadable", reason="its rows cannot carry a claim"))
    split = _split_failure(moments.counts(name), weights=weights or about.weights)
    if split:
        failures.append(split)
    against = _control_of(sides, given=control, taken=taken)
    effects = {}
    for arm, treated in sides.items():
        other = _others(sides, arm) if against == REST else sides[against]
        if arm == against:
            continue
        try:
            effects[arm] = compare(treatment=treated, control=other, metric=metric, alpha=alpha)
        except NotEnoughDataError as error:
            failures.append(Failure(check="unreadable", reason=error.message))
    return _Tested(
        experiment=name,
        metric=metric,
        control=against,
        effects=effects,
        failures=tuple(failures),
        about=about,
        n_obs=sum(moments.counts(name).values()),
    )


def _split_failure(
    counts: Mapping[str, int], *, weights: Mapping[str, float]
) -> Failure | None:
    shares = [weights[arm] for arm in counts] if set(weights) == set(counts) else None
    try:
        result = sample_ratio(list(counts.values()), weights=shares, alpha=ALPHA)
    except NotEnoughDataError:
        return None
    if not result.sample_ratio_mismatch:
        return None
    shown = ", ".join(f"{n:,}" for n in result.counts[:4])
    return Failure(
        check="sample ratio mismatch",
        reason=f"{pvalue_in_words(result.pvalue)}: arms have {shown} units",
    )


def _control_of(sides: Mapping[str, Moments], *, given: str, taken: dict[str, int]) -> str:
    if given == REST:
        return REST
    if given and given in sides:
        return given
    recognised = find_control(sides)
    if recognised is None:
        recognised = min(sides)
        taken[recognised] = taken.get(recognised, 0) + 1
    return recognised


def _others(sides: Mapping[str, Moments], arm: str) -> Moments:
    rest = [moments for name, moments in sides.items() if name != arm]
    merged = rest[0]
    for moments in rest[1:]:
        merged = merged + moments
    return merged


def _priors(tested: Sequence[_Tested]) -> dict[str, Prior]:
    """Fit, for each metric, how large effects are here: all arms, losers included."""
    priors = {}
    for name in dict.fromkeys(t.metric.name for t in tested):
        usable = [
            (t.gain(arm), effect.se)
            for t in tested
            if t.metric.name == name and not t.failures
            for arm, effect in t.effects.items()
            if effect.se > 0
        ]
        if usable:
            gains, errors = zip(*usable, strict=True)
            priors[name] = fit_prior(gains, errors)
    return priors


def _claims(
    tested: Sequence[_Tested], *, priors: Mapping[str, Prior], alpha: float
) -> list[Claim]:
    arms = [_claimed_arm(t) for t in tested]
    claims = []
    believed = _believed(tested, arms, priors)
    for t, arm, (mean, lower, upper) in zip(tested, arms, believed, strict=True):
        effect = t.effects.get(arm) if arm else None
        is_claimed = effect is not None and (
            arm in t.about.shipped
            or (not t.about.shipped and effect.pvalue < alpha and t.gain(arm) > 0)
        )
        failures = t.failures
        if effect is not None:
            failures += _doubts(t, arm, prior=priors.get(t.metric.name), alpha=alpha)
        fatal = [f for f in failures if f.check != "underpowered"]
        claims.append(
            Claim(
                experiment=t.experiment,
                metric=t.metric.name,
                arm=arm,
                control=t.control,
                project=t.about.project,
                quarter=_quarter(t.about.ended_on or t.about.started_on),
                is_claimed=is_claimed,
                stands=is_claimed and not fatal,
                failures=failures,
                n_obs=t.n_obs,
                effect_size=t.gain(arm) if effect else math.nan,
                se=effect.se if effect else math.nan,
                pvalue=effect.pvalue if effect else math.nan,
                rel_effect_size=effect.rel_effect_size if effect else math.nan,
                believed=mean,
                believed_lower=lower,
                believed_upper=upper,
                reach=t.about.reach or 1.0,
                concluded_on=t.about.ended_on or t.about.started_on,
                predicted=t.about.predicted.get(arm, math.nan),
                predicted_se=t.about.predicted_se.get(arm, 0.0),
                is_shipped=arm in t.about.shipped,
            )
        )
    return claims


def _claimed_arm(tested: _Tested) -> str:
    """Return the arm that was shipped, or the one that looks best."""
    shipped = [arm for arm in tested.about.shipped if arm in tested.effects]
    candidates = shipped or [arm for arm, e in tested.effects.items() if e.se > 0]
    return max(
        candidates, key=lambda arm: tested.gain(arm) / (tested.effects[arm].se or 1), default=""
    )


def _believed(
    tested: Sequence[_Tested], arms: Sequence[str], priors: Mapping[str, Prior]
) -> list[tuple[float, float, float]]:
    """Shrink the claimed effects, all of a metric in one go."""
    result = [(math.nan, math.nan, math.nan)] * len(tested)
    for name, prior in priors.items():
        at = [
            i
            for i, (t, arm) in enumerate(zip(tested, arms, strict=True))
            if t.metric.name == name and arm and not t.failures and t.effects[arm].se > 0
        ]
        if not at:
            continue
        found = shrink(
            [tested[i].gain(arms[i]) for i in at],
            [tested[i].effects[arms[i]].se for i in at],
            prior=prior,
        )
        for k, i in enumerate(at):
            result[i] = (float(found.mean[k]), float(found.lower[k]), float(found.upper[k]))
    return result


def _doubts(
    tested: _Tested, arm: str, *, prior: Prior | None, alpha: float
) -> tuple[Failure, ...]:
    """Return the statistical checks that a claim does not pass."""
    effect = tested.effects[arm]
    doubts = []
    pvalues = {a: e.pvalue for a, e in tested.effects.items() if not math.isnan(e.pvalue)}
    adjusted = dict(zip(pvalues, holm(list(pvalues.values())), strict=True)) if pvalues else {}
    own = float(adjusted.get(arm, math.nan))
    if tested.gain(arm) < 0 and own < alpha:
        doubts.append(
            Failure(check="harm", reason=f"it made things worse ({pvalue_in_words(own)})")
        )
    elif not effect.pvalue < alpha:
        doubts.append(
            Failure(
                check="not significant",
                reason=f"zero is within the interval ({pvalue_in_words(effect.pvalue)})",
            )
        )
    elif not own < alpha:
        doubts.append(
            Failure(
                check="chance among arms",
                reason=(
                    f"best of {len(pvalues)} arms: {pvalue_in_words(effect.pvalue)} alone, "
                    f"{pvalue_in_words(own)} among them"
                ),
            )
        )
    power = _power(effect, prior)
    if power < UNDERPOWERED:
        doubts.append(
            Failure(
                check="underpowered",
                reason=(
                    f"finds an effect of typical size here ({number_in_words(prior.sd)}) "
                    f"{number_in_words(100 * power)} % of the time"
                )
                if prior
                else "",
            )
        )
    return tuple(doubts)


def _power(effect: Effect, prior: Prior | None) -> float:
    """Return the chance of finding an effect of typical size with this standard error."""
    if prior is None or not effect.se > 0 or not prior.sd > 0:
        return 1.0
    return float(ndtr(prior.sd / effect.se + ndtri(effect.alpha / 2)))


def _unreadable(problems: Iterable[DataProblem], *, metrics: Sequence[Metric]) -> list[Claim]:
    """Return the experiments that were left out: they claim something nobody can check."""
    return [
        Claim(
            experiment=problem.experiment,
            metric=metric.name,
            arm="",
            control="",
            project="",
            quarter="",
            is_claimed=True,
            stands=False,
            failures=(Failure(check="unreadable", reason=problem.example),),
            n_obs=0,
            effect_size=math.nan,
            se=math.nan,
            pvalue=math.nan,
            rel_effect_size=math.nan,
            believed=math.nan,
            believed_lower=math.nan,
            believed_upper=math.nan,
        )
        for problem in problems
        if problem.kind == "unreadable"
        for metric in metrics
    ]


def _totals(claims: Sequence[Claim], *, by: Any) -> tuple[Total, ...]:
    groups: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        if by(claim):
            groups.setdefault((by(claim), claim.metric), []).append(claim)
    return tuple(
        _total(group, metric, found) for (group, metric), found in sorted(groups.items())
    )


def _total(group: str, metric: str, claims: Sequence[Claim]) -> Total:
    made = [claim for claim in claims if claim.is_claimed]
    trusted = [claim for claim in made if not math.isnan(claim.believed)]
    believed = math.fsum(claim.believed * claim.reach for claim in trusted)
    halves = [
        (claim.believed_upper - claim.believed_lower) / 2 * claim.reach for claim in trusted
    ]
    half = float(np.sqrt(np.sum(np.square(halves))))
    known = [claim for claim in made if not math.isnan(claim.effect_size)]
    return Total(
        group=group,
        metric=metric,
        n_experiments=len(claims),
        n_claims=len(made),
        n_stand=sum(claim.stands for claim in claims),
        claimed=math.fsum(claim.effect_size * claim.reach for claim in known),
        believed=believed,
        lower=believed - half,
        upper=believed + half,
        n_untrusted=len(made) - len(trusted),
    )


def _quarter(day: date | None) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}" if day else ""


def _has_no_end(about: About, *, as_of: date) -> bool:
    if about.started_on is None or about.ended_on is not None or about.shipped:
        return False
    return (as_of - about.started_on).days > OPEN_DAYS
