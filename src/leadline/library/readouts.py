"""From sums by arm to a readout: effects, checks, path, segments and verdict."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.checks import check_aa, split_pvalues
from leadline.analysis.experiments.guardrails import non_inferiority
from leadline.analysis.experiments.metrics import Metric, Quantile
from leadline.analysis.experiments.primaries import judge_primaries
from leadline.analysis.multiplicity import benjamini_hochberg
from leadline.connectors.experiments.buckets import read_buckets
from leadline.connectors.experiments.names import find_control
from leadline.connectors.experiments.unit_checks import served_arms
from leadline.errors import InputError, NotEnoughDataError
from leadline.library.comparisons import Comparison
from leadline.library.progress import paths_of, progress_of
from leadline.library.readout_checks import readout_checks
from leadline.library.results import MetricResult, Readout
from leadline.library.splits import check_split
from leadline.library.verdicts import conclude

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from leadline.analysis.experiments.checks import CheckResult
    from leadline.analysis.experiments.effects import Effect
    from leadline.analysis.experiments.primaries import PrimaryResult, Progress
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
    arms = _arms_with_units(moments, experiment)
    notes = list(found.notes)
    chosen = _control(arms, given=control or (plan.control if plan else ""), notes=notes)
    about = found.about.get(experiment)
    split = check_split(
        moments,
        experiment=experiment,
        arms=arms,
        weights=weights or (plan.weights if plan else {}) or (about.weights if about else {}),
        n_planned=plan.n_planned if plan else None,
    )
    comparison = Comparison(
        moments=moments,
        experiment=experiment,
        control=chosen,
        treatments=tuple(arm for arm in arms if arm != chosen),
        alpha=plan.alpha if plan else alpha,
    )
    primaries = _primaries(found.metrics, notes=notes)
    progress = progress_of(plan, moments, experiment=experiment, metrics=primaries)
    effects = _known(comparison.effects(found.metrics, found=found, table=table), notes=notes)
    judged = _judged(comparison, effects, metrics=found.metrics, progress=progress)
    results = _results(comparison, effects, metrics=found.metrics, judged=judged)
    notes += covariates_in_words(results)
    checks = readout_checks(
        split=split, plan=plan, progress=progress, comparison=comparison,
        primaries=[result for result in results if result.role == "primary"],
        served=_served(found, table=table, experiment=experiment),
    )  # fmt: skip
    if aa:
        checks += _aa(found, table=table, metrics=primaries, experiment=experiment, arm=chosen)
    problems = tuple(p for p in found.problems if p.experiment in ("", experiment))
    return Readout(
        name=(plan.name if plan else "") or experiment or table.place,
        hypothesis=plan.hypothesis if plan else "",
        place=table.place, command=command, as_of=as_of, control=chosen,
        counts=moments.counts(experiment),
        arrivals=_arrivals(moments, experiment),
        days=moments.days,
        verdict=conclude(
            results=results, primaries=judged, split=split, problems=problems,
            progress=progress,
        ),
        results=results,
        sample_ratio=split.total, sample_ratio_looks=split.looks, sample_ratio_scan=split.scan,
        checks=checks,
        paths=paths_of(plan, comparison, primaries),
        segments=comparison.by_segment(primaries),
        problems=problems,
        notes=tuple(notes),
        alpha=comparison.alpha,
        n_planned=plan.n_planned if plan else None,
    )  # fmt: skip


def _arms_with_units(moments: MomentsTable, experiment: str) -> tuple[str, ...]:
    if empty := [arm for arm, n in moments.counts(experiment).items() if not n]:
        raise NotEnoughDataError(
            f"arm {', '.join(empty)} has no units, so there is nothing to compare",
            hint="Leave it out, or look where its units were lost.",
        )
    return tuple(moments.arms(experiment))


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


def _primaries(metrics: Sequence[Metric], *, notes: list[str]) -> list[Metric]:
    n_primaries = sum(metric.role == "primary" for metric in metrics)
    if n_primaries > 1:
        notes.append(
            f"{n_primaries} metrics count as primary, so p-values are adjusted for "
            f"{n_primaries} questions (Holm); a plan with one primary would find smaller "
            "effects."
        )
    return [m for m in metrics if m.role == "primary" and not isinstance(m, Quantile)]


def _known(
    effects: Mapping[tuple[str, str], Effect | None], *, notes: list[str]
) -> dict[tuple[str, str], Effect]:
    notes += [
        f"{name} has no rows in arm {arm}." for (name, arm), e in effects.items() if not e
    ]
    return {key: effect for key, effect in effects.items() if effect}


def _judged(
    comparison: Comparison,
    effects: Mapping[tuple[str, str], Effect],
    *,
    metrics: Sequence[Metric],
    progress: Progress | None,
) -> tuple[PrimaryResult, ...]:
    return judge_primaries(
        [
            (arm, effect, metric.higher_is_better)
            for metric in metrics
            for arm in comparison.treatments
            if metric.role == "primary" and (effect := effects.get((metric.name, arm)))
        ],
        progress=progress,
        alpha=comparison.alpha,
    )


def _results(
    comparison: Comparison,
    effects: Mapping[tuple[str, str], Effect],
    *,
    metrics: Sequence[Metric],
    judged: Sequence[PrimaryResult],
) -> tuple[MetricResult, ...]:
    by_name, alpha = {metric.name: metric for metric in metrics}, comparison.alpha
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


def covariates_in_words(results: Sequence[MetricResult]) -> list[str]:
    """Say which metrics were adjusted, by what, and what it saved: no mean is the plain one."""
    said: dict[str, str] = {}
    for result in results:
        saved, covariates = result.effect.variance_reduction, result.metric.covariates
        if covariates and math.isfinite(saved):
            said.setdefault(
                result.metric.name,
                f"{result.metric.name} is adjusted for {', '.join(covariates)}, known before: "
                f"that removed {100 * saved:.0f} % of its variance, and moves its means a "
                "little from the plain ones.",
            )
    return list(said.values())


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
