"""From sums by arm to a readout: effects, checks, path, segments and verdict."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.checks import check_aa, split_pvalues
from leadline.analysis.experiments.effects import compare
from leadline.analysis.experiments.guardrails import non_inferiority
from leadline.analysis.experiments.metrics import Metric, Quantile
from leadline.analysis.experiments.primaries import PrimaryResult, Progress, judge_primaries
from leadline.analysis.experiments.quantile_effects import compare_quantiles
from leadline.analysis.multiplicity import benjamini_hochberg
from leadline.connectors.experiments.buckets import read_buckets
from leadline.connectors.experiments.names import find_control
from leadline.connectors.experiments.unit_checks import served_arms
from leadline.errors import InputError, NotEnoughDataError
from leadline.library.paths import ALMOST, look_days, sequential_path
from leadline.library.quantiles import quantile_summaries
from leadline.library.readout_checks import readout_checks
from leadline.library.results import MetricResult, Readout, SegmentResult
from leadline.library.splits import check_split
from leadline.library.verdicts import conclude

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from leadline.analysis.experiments.checks import CheckResult
    from leadline.analysis.experiments.effects import Effect
    from leadline.connectors.experiments.plans import Plan
    from leadline.connectors.experiments.tables import ExperimentTable
    from leadline.connectors.warehouse.state import MomentsTable
    from leadline.connectors.warehouse.tables import Table

AA_SPLITS = 500
"""Random splits of the control's units in an A/A simulation."""


def make_readout(
    found: ExperimentTable,
    *,
    table: Table,
    experiment: str,
    plan: Plan | None,
    control: str,
    weights: Mapping[str, float] | None,
    alpha: float,
    as_of: date,
    command: str,
    aa: bool = False,
) -> Readout:
    """Analyse one experiment of what was read.

    Parameters
    ----------
    found : ExperimentTable
    table : Table
        For what sums cannot tell (quantiles).
    experiment : str
        As the table names it.
    plan, control, weights, alpha, as_of, aa
        As in `leadline.experiments.analyze`.
    command : str
        The command line that makes this readout again.
    """
    moments = found.moments.by_experiment()[experiment]
    arms = moments.arms(experiment)
    if empty := [arm for arm, n in moments.counts(experiment).items() if not n]:
        raise NotEnoughDataError(
            f"arm {', '.join(empty)} has no units, so there is nothing to compare",
            hint="Leave it out, or look where its units were lost.",
        )
    notes = list(found.notes)
    chosen = _control(arms, given=control or (plan.control if plan else ""), notes=notes)
    treatments = [arm for arm in arms if arm != chosen]
    level = plan.alpha if plan else alpha
    about = found.about.get(experiment)
    split = check_split(
        moments,
        experiment=experiment,
        arms=arms,
        weights=weights or (plan.weights if plan else {}) or (about.weights if about else {}),
        n_planned=plan.n_planned if plan else None,
    )
    metrics = _with_roles(found.metrics, notes=notes)
    effects = _effects(
        found, table=table, moments=moments, metrics=metrics, experiment=experiment,
        arms=treatments, control=chosen, alpha=level, notes=notes,
    )  # fmt: skip
    primaries = [m for m in metrics if m.role == "primary" and not isinstance(m, Quantile)]
    n_tests = max(1, len(primaries) * len(treatments))
    paths = tuple(
        sequential_path(
            moments,
            experiment=experiment,
            metric=metric,
            arm=arm,
            control=chosen,
            n_planned=_share_planned(plan, moments, experiment, arm, chosen),
            n_looks=plan.looks if plan else 1,
            spending=plan.spending if plan else "obrien_fleming",
            alpha=level / n_tests,
        )
        for metric in primaries
        for arm in treatments
    )
    progress = _progress(plan, moments, experiment=experiment, metrics=primaries)
    judged = judge_primaries(
        [
            (arm, effect, metric.higher_is_better)
            for metric in metrics
            for arm in treatments
            if metric.role == "primary" and (effect := effects.get((metric.name, arm)))
        ],
        progress=progress,
        alpha=level,
    )
    results = _results(effects, metrics=metrics, judged=judged, alpha=level)
    checks = readout_checks(
        split=split, plan=plan, progress=progress, alpha=level, moments=moments,
        primaries=[result for result in results if result.role == "primary"],
        experiment=experiment, control=chosen,
        served=_served(found, table=table, experiment=experiment),
    )  # fmt: skip
    if aa:
        checks += _aa(found, table=table, metrics=primaries, experiment=experiment, arm=chosen)
    problems = tuple(p for p in found.problems if p.experiment in ("", experiment))
    verdict = conclude(
        results=results,
        primaries=judged,
        sample_ratio=split.total,
        is_mismatched=split.is_mismatched,
        mismatch_source=split.source,
        problems=problems,
        progress=progress,
    )
    return Readout(
        name=(plan.name if plan else "") or experiment or table.place,
        hypothesis=plan.hypothesis if plan else "",
        place=table.place,
        command=command,
        as_of=as_of,
        control=chosen,
        counts=moments.counts(experiment),
        arrivals=_arrivals(moments, experiment),
        days=moments.days,
        verdict=verdict,
        results=results,
        sample_ratio=split.total,
        sample_ratio_looks=split.looks,
        sample_ratio_scan=split.scan,
        checks=checks,
        paths=paths,
        segments=_segments(
            moments, experiment=experiment, metrics=primaries, arms=treatments, control=chosen,
            alpha=level,
        ),
        problems=problems,
        notes=tuple(notes),
        alpha=level,
        n_planned=plan.n_planned if plan else None,
    )  # fmt: skip


def _control(arms: Sequence[str], *, given: str, notes: list[str]) -> str:
    if len(arms) < 2:
        raise NotEnoughDataError(
            f"an experiment needs at least 2 arms, got {len(arms)}: {', '.join(arms)}",
            hint="Is the column of the arm the right one? Say --arm COLUMN.",
        )
    control = find_control(arms, given=given)
    if control is None:
        control = arms[0]
        notes.append(
            f"Taken as control: {control}, the first by name of {', '.join(arms)}; "
            "say --control if it is another."
        )
    return control


def _with_roles(metrics: Sequence[Metric], *, notes: list[str]) -> tuple[Metric, ...]:
    n_primaries = sum(metric.role == "primary" for metric in metrics)
    if n_primaries > 1:
        notes.append(
            f"{n_primaries} metrics count as primary, so p-values are adjusted for "
            f"{n_primaries} questions (Holm); a plan with one primary would find smaller "
            "effects."
        )
    return tuple(metrics)


def _share_planned(
    plan: Plan | None, moments: MomentsTable, experiment: str, arm: str, control: str
) -> int | None:
    """Return the planned units of two arms, of a plan for all."""
    if plan is None or plan.n_planned is None:
        return None
    arms = moments.arms(experiment)
    weights = {name: plan.weights.get(name, 1.0 if not plan.weights else 0.0) for name in arms}
    share = (weights[arm] + weights[control]) / sum(weights.values())
    return round(plan.n_planned * share)


def _effects(
    found: ExperimentTable,
    *,
    table: Table,
    moments: MomentsTable,
    metrics: Sequence[Metric],
    experiment: str,
    arms: Sequence[str],
    control: str,
    alpha: float,
    notes: list[str],
) -> dict[tuple[str, str], Effect]:
    """Compare every metric of every arm with the control."""
    effects: dict[tuple[str, str], Effect] = {}
    for metric in metrics:
        if isinstance(metric, Quantile):
            if found.layout is None:
                raise InputError("a quantile needs a table with one row a unit")
            summaries = quantile_summaries(
                table, layout=found.layout, metric=metric, experiment=experiment
            )
            for arm in arms:
                effects[metric.name, arm] = compare_quantiles(
                    treatment=summaries[arm],
                    control=summaries[control],
                    metric=metric,
                    alpha=alpha,
                )
            continue
        for arm in arms:
            sides = [
                moments.moments(metric.name, arm=name, experiment=experiment)
                for name in (arm, control)
            ]
            if sides[0] is None or sides[1] is None:
                notes.append(f"{metric.name} has no rows in arm {arm}.")
                continue
            effects[metric.name, arm] = compare(
                treatment=sides[0], control=sides[1], metric=metric, alpha=alpha
            )
    return effects


def _progress(
    plan: Plan | None, moments: MomentsTable, *, experiment: str, metrics: Sequence[Metric]
) -> Progress | None:
    """Return how far the experiment has come against its plan."""
    if plan is None:
        return None
    mdes = [plan.smallest_effects[m.name] for m in metrics if m.name in plan.smallest_effects]
    mde = min(mdes, default=None)
    n_obs = sum(moments.counts(experiment).values())
    if plan.n_planned is None:
        return Progress(n_obs=n_obs, n_planned=n_obs, looks=(1.0,), mde=mde, ended=True)
    days = moments.days or (None,)
    so_far = np.cumsum([sum(moments.counts(experiment, day=day).values()) for day in days])
    fractions = [
        so_far[i] / plan.n_planned
        for i in look_days(so_far.tolist(), n_end=plan.n_planned, n_looks=plan.looks)
    ]
    if fractions[-1] >= ALMOST:
        fractions[-1] = 1.0
    return Progress(
        n_obs=n_obs,
        n_planned=plan.n_planned,
        looks=tuple(float(t) for t in (fractions if plan.looks > 1 else fractions[-1:])),
        spending=plan.spending,
        mde=mde,
    )


def _results(
    effects: Mapping[tuple[str, str], Effect],
    *,
    metrics: Sequence[Metric],
    judged: Sequence[PrimaryResult],
    alpha: float,
) -> tuple[MetricResult, ...]:
    by_name = {metric.name: metric for metric in metrics}
    primaries = {(result.effect.metric, result.arm): result for result in judged}
    exploratory = [
        key
        for key, effect in effects.items()
        if by_name[key[0]].role == "exploratory" and not math.isnan(effect.pvalue)
    ]
    explored: dict[tuple[str, str], float] = {}
    if exploratory:
        values = benjamini_hochberg([effects[key].pvalue for key in exploratory])
        explored = dict(zip(exploratory, values.tolist(), strict=True))
    results = []
    for (name, arm), effect in effects.items():
        metric, primary = by_name[name], primaries.get((name, arm))
        pvalue = explored.get((name, arm), effect.pvalue)
        if primary and not math.isnan(primary.adjusted_pvalue):
            pvalue = primary.adjusted_pvalue
        results.append(
            MetricResult(
                metric=metric,
                arm=arm,
                effect=effect,
                adjusted_pvalue=pvalue,
                is_significant=primary.significant if primary else pvalue < alpha,
                threshold=primary.threshold if primary else math.nan,
                guardrail=non_inferiority(effect=effect, metric=metric, alpha=alpha)
                if metric.role == "guardrail"
                else None,
            )
        )
    return tuple(results)


def _segments(
    moments: MomentsTable,
    *,
    experiment: str,
    metrics: Sequence[Metric],
    arms: Sequence[str],
    control: str,
    alpha: float,
) -> tuple[SegmentResult, ...]:
    """Compare within every level of every segment; levels too thin are left out."""
    found: list[tuple[str, str, str, Effect]] = []
    for segment, levels in moments.segments.items():
        for level in levels:
            for metric in metrics:
                for arm in arms:
                    sides = [
                        moments.moments(
                            metric.name, arm=name, experiment=experiment, segment=segment,
                            level=level,
                        )
                        for name in (arm, control)
                    ]  # fmt: skip
                    if sides[0] is None or sides[1] is None:
                        continue
                    try:
                        effect = compare(
                            treatment=sides[0], control=sides[1], metric=metric, alpha=alpha
                        )
                    except NotEnoughDataError:
                        continue
                    found.append((segment, level, arm, effect))
    better = {metric.name: metric.higher_is_better for metric in metrics}
    adjusted = benjamini_hochberg([e.pvalue for *_, e in found]).tolist()
    return tuple(
        SegmentResult(
            segment=segment, level=level, arm=arm, effect=effect, adjusted_pvalue=p,
            higher_is_better=better[effect.metric],
        )
        for (segment, level, arm, effect), p in zip(found, adjusted, strict=True)
    )  # fmt: skip


def _served(
    found: ExperimentTable, *, table: Table, experiment: str
) -> dict[str, dict[str, int]] | None:
    if found.layout is None or not found.served:
        return None
    return served_arms(table, layout=found.layout, served=found.served, experiment=experiment)


def _aa(
    found: ExperimentTable,
    *,
    table: Table,
    metrics: Sequence[Metric],
    experiment: str,
    arm: str,
) -> tuple[CheckResult, ...]:
    """Split the control's units at random, again and again, and test each split."""
    if found.layout is None or not found.layout.unit:
        raise InputError(
            "an A/A simulation needs a table with one row a unit, and the unit's id",
            hint="Say which column it is: --unit COLUMN.",
        )
    rng = np.random.default_rng(0)
    return tuple(
        replace(check, sentence=f"{metric.name}: {check.sentence}")
        for metric in metrics
        for check in [
            check_aa(
                split_pvalues(
                    read_buckets(
                        table, layout=found.layout, metric=metric, experiment=experiment,
                        arm=arm,
                    ),
                    metric=metric,
                    n_splits=AA_SPLITS,
                    rng=rng,
                )
            )
        ]
    )  # fmt: skip


def _arrivals(moments: MomentsTable, experiment: str) -> dict[str, list[int]]:
    by_day = [moments.counts(experiment, day=day) for day in moments.days]
    return {arm: [found[arm] for found in by_day] for arm in moments.arms(experiment)}
