"""Experiments that were tested → what each claims, whether it stands, what is believed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leadline.analysis.experiments.metrics import Proportion
from leadline.analysis.experiments.shrinkage import Prior, fit_prior, shrink
from leadline.library.audit_checks import Tested, claimed_arm, doubts_of
from leadline.library.audit_results import Claim, Failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from leadline.analysis.experiments.metrics import Metric
    from leadline.connectors.experiments.problems import DataProblem


def priors_of(tested: Sequence[Tested]) -> dict[str, Prior]:
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


def claims_of(
    tested: Sequence[Tested], *, priors: Mapping[str, Prior], alpha: float
) -> list[Claim]:
    """Return what each experiment claims for each metric, by its best arm."""
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


def unreadable_claims(
    problems: Iterable[DataProblem], *, metrics: Sequence[Metric]
) -> list[Claim]:
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


def _quarter(day: date | None) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}" if day else ""
