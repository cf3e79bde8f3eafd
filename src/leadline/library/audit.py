"""`leadline.audit`: all experiments of a file at once, and which of their claims stand."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.experiments.metrics import Metric, Proportion, Quantile
from leadline.analysis.experiments.shrinkage import Prior, fit_prior, shrink
from leadline.connectors.experiments.about import About
from leadline.connectors.experiments.tables import read_experiments
from leadline.connectors.warehouse import open_table
from leadline.errors import InputError
from leadline.library.audit_checks import Tested, claimed_arm, compare_arms, doubts_of
from leadline.library.audit_results import Audit, Claim, Failure, Total

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from leadline.analysis.experiments.moments import MissingPolicy
    from leadline.connectors.experiments.problems import DataProblem
    from leadline.connectors.warehouse.tables import Table

OPEN_DAYS = 90
"""A test that started this long ago, and has no end in the table, has none."""


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
    key_results: Sequence[str] = (),
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
    key_results : sequence of str
        What the team set out to move, as the table's column key_result names it: orphans
        are named both ways.

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
        key_results=key_results,
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
    key_results: Sequence[str] = (),
    today: date | None = None,
) -> Audit:
    """Audit a table that is open already; see `audit`."""
    if quantiles := [m.name for m in metrics if isinstance(m, Quantile)]:
        raise InputError(
            f"an audit adds effects up, and quantiles do not add up: {', '.join(quantiles)}",
            hint="Analyse that experiment alone, or audit a mean or a proportion.",
        )
    found = read_experiments(
        opened,
        given=columns,
        metrics=metrics,
        missing=missing,
        cumulative=cumulative,
    )
    as_of = today or date.today()  # noqa: DTZ011 - the reader's own calendar day
    tested: list[Tested] = []
    notes = list(found.notes)
    taken: dict[str, int] = {}
    blocked = {p.experiment for p in found.problems if p.blocks}
    for name, moments in found.moments.by_experiment().items():
        for metric in found.metrics:
            result = compare_arms(
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
        key_results=tuple(key_results),
        moved_by={t.experiment: t.about.key_result for t in tested},
    )


def _priors(tested: Sequence[Tested]) -> dict[str, Prior]:
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
    tested: Sequence[Tested], *, priors: Mapping[str, Prior], alpha: float
) -> list[Claim]:
    arms = [claimed_arm(t) for t in tested]
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
            failures += doubts_of(t, arm, prior=priors.get(t.metric.name), alpha=alpha)
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
                is_share=isinstance(t.metric, Proportion),
            )
        )
    return claims


def _believed(
    tested: Sequence[Tested], arms: Sequence[str], priors: Mapping[str, Prior]
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
        is_share=all(claim.is_share and claim.reach == 1 for claim in known or claims),
    )


def _quarter(day: date | None) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}" if day else ""


def _has_no_end(about: About, *, as_of: date) -> bool:
    if about.started_on is None or about.ended_on is not None or about.shipped:
        return False
    return (as_of - about.started_on).days > OPEN_DAYS
