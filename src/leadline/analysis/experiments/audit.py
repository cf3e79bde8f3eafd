"""Many experiments at once: which claims stand, and what they really add up to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtr, ndtri, stdtr

from leadline.analysis.experiments import sample_ratio
from leadline.analysis.experiments.sequential import crossing_probabilities
from leadline.analysis.experiments.shrinkage import fit_prior, shrink
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from leadline.analysis.experiments.shrinkage import Prior

MIN_EVENTS = 10
"""Successes and failures that each arm of a proportion needs for a normal interval."""

BLOCKING = ("sample_ratio", "few_events", "not_significant", "many_arms", "peeking", "shrinks")
"""A claim that fails one of these checks does not stand; "underpowered" only warns."""

Scale = Literal["absolute", "relative"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmTable:
    """Results, one row an arm; every array has shape (n_rows,).

    Attributes
    ----------
    experiment, arm : array
        Labels.
    n : array of int
        Units.
    mean : array of float
        Mean outcome; the share of successes for a proportion.
    sd : array of float or None
        Standard deviation per unit (ddof = 1); None says that the outcome is a
        proportion.
    weight : array of float or None
        Declared split; equal where None.
    n_looks : array of int or None
        How often the experiment was read before it was stopped.
    claimed : array of bool or None
        Whether the team counts the arm as a win; where None, a significant gain is one.
    reach : array of float or None
        Units that a shipped arm touches; 1 where None.
    groups : mapping of str to array
        Labels to sum by, e.g. {"quarter": …, "project": …}.
    """

    experiment: NDArray[np.generic]
    arm: NDArray[np.generic]
    n: NDArray[np.int64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64] | None = None
    weight: NDArray[np.float64] | None = None
    n_looks: NDArray[np.int64] | None = None
    claimed: NDArray[np.bool_] | None = None
    reach: NDArray[np.float64] | None = None
    groups: Mapping[str, NDArray[np.generic]] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditTotal:
    """What a group of experiments claims, and what is believed of it.

    Attributes
    ----------
    group, label : str
        E.g. "quarter", "2026-Q1"; both empty for the whole file.
    n_comparisons, n_claimed, n_standing : int
    claimed, claimed_lower, claimed_upper : float
        Naive sum over claims with the interval that is usually printed with it.
    shrunken, lower, upper : float
        Believed sum over claims without a sample ratio mismatch, with its interval.
    """

    group: str
    label: str
    n_comparisons: int
    n_claimed: int
    n_standing: int
    claimed: float
    claimed_lower: float
    claimed_upper: float
    shrunken: float
    lower: float
    upper: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Audit:
    """All comparisons of treatment arms with their controls; arrays (n_comparisons,).

    Attributes
    ----------
    experiment, arm, control : array
        Labels.
    n_obs : array of int
        Units of both arms.
    effect_size, se, pvalue : array of float
        In the good direction: a positive effect is a gain. NaN where undefined.
    holm_pvalue : array of float
        Adjusted for the arms of the same experiment.
    sample_ratio_pvalue : array of float
        Of the whole experiment; NaN where it is too small to say.
    peeking_pvalue : array of float
        Chance to see such a |z| at any of the looks; equal to `pvalue` for one look.
    shrunken, shrunken_sd, lower, upper, probability_positive : array of float
        Believed effect; NaN where the split is broken or there is no standard error.
    claimed, stands : array of bool
    fails : mapping of check to array of bool
        Of claims only.
    n_experiments : int
    n_mismatched : int
        Experiments with a sample ratio mismatch.
    prior : Prior or None
        None where no experiment could be used.
    scale : {"absolute", "relative"}
    totals : tuple of AuditTotal
        The whole file first, then by group and label.
    alpha : float
    """

    experiment: NDArray[np.generic]
    arm: NDArray[np.generic]
    control: NDArray[np.generic]
    n_obs: NDArray[np.int64]
    effect_size: NDArray[np.float64]
    se: NDArray[np.float64]
    pvalue: NDArray[np.float64]
    holm_pvalue: NDArray[np.float64]
    sample_ratio_pvalue: NDArray[np.float64]
    peeking_pvalue: NDArray[np.float64]
    shrunken: NDArray[np.float64]
    shrunken_sd: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    probability_positive: NDArray[np.float64]
    claimed: NDArray[np.bool_]
    stands: NDArray[np.bool_]
    fails: Mapping[str, NDArray[np.bool_]]
    n_experiments: int
    n_mismatched: int
    prior: Prior | None
    scale: Scale
    totals: tuple[AuditTotal, ...]
    alpha: float

    @property
    def total(self) -> AuditTotal:
        """The whole file."""
        return self.totals[0]

    def failures(self, i: int) -> tuple[str, ...]:
        """Return the checks that comparison `i` fails."""
        return tuple(name for name, failed in self.fails.items() if failed[i])


def audit(
    table: ArmTable,
    *,
    control: str | None = None,
    scale: Scale = "absolute",
    higher_is_better: bool = True,
    mde: float | None = None,
    alpha: float = 0.05,
) -> Audit:
    """Test every claim of a file of experiments.

    Parameters
    ----------
    table : ArmTable
    control : str, optional
        Label of the control arm; the first arm in sorted order where not given. An
        experiment without an arm of that name is refused.
    scale : {"absolute", "relative"}
        Effects as differences, or as shares of the control's mean.
    higher_is_better : bool
    mde : float, optional
        Smallest effect that matters, in the scale's unit, for the power check.
    alpha : float

    Raises
    ------
    NotEnoughDataError
        No experiment has two arms.
    InputError
        Arrays of unequal length, counts or shares out of range, an arm listed twice, or
        a control that is missing.
    """
    _check(table)
    layout = _layout(table, control=control)
    statistics = _Statistics.of(
        table, layout=layout, scale=scale, sign=1.0 if higher_is_better else -1.0
    )
    claimed = statistics.significant_gain(alpha)
    if table.claimed is not None:
        claimed = np.asarray(table.claimed, dtype=bool)[layout.treatment]
    believed, prior = _believe(statistics, alpha=alpha)
    fails = _fails(statistics, believed=believed, claimed=claimed, mde=mde, alpha=alpha)
    stands = claimed & ~np.logical_or.reduce([fails[name] for name in BLOCKING])
    reach = np.ones(len(claimed)) if table.reach is None else table.reach[layout.treatment]
    totals = _totals(
        table,
        layout=layout,
        rows=_Rows(
            effect_size=statistics.effect_size * reach,
            se=statistics.se * reach,
            mean=believed["mean"] * reach,
            sd=believed["sd"] * reach,
            claimed=claimed,
            stands=stands,
        ),
        alpha=alpha,
    )
    return Audit(
        experiment=table.experiment[layout.treatment],
        arm=table.arm[layout.treatment],
        control=table.arm[layout.control],
        n_obs=table.n[layout.treatment] + table.n[layout.control],
        effect_size=statistics.effect_size,
        se=statistics.se,
        pvalue=statistics.pvalue,
        holm_pvalue=statistics.holm_pvalue,
        sample_ratio_pvalue=statistics.sample_ratio_pvalue,
        peeking_pvalue=statistics.peeking_pvalue,
        shrunken=believed["mean"],
        shrunken_sd=believed["sd"],
        lower=believed["lower"],
        upper=believed["upper"],
        probability_positive=believed["probability_positive"],
        claimed=claimed,
        stands=stands,
        fails=fails,
        n_experiments=layout.n_experiments,
        n_mismatched=statistics.n_mismatched,
        prior=prior,
        scale=scale,
        totals=totals,
        alpha=alpha,
    )


def _check(table: ArmTable) -> None:
    columns = (
        table.experiment, table.arm, table.n, table.mean, table.sd, table.weight,
        table.n_looks, table.claimed, table.reach, *(table.groups or {}).values(),
    )  # fmt: skip
    lengths = {len(column) for column in columns if column is not None}
    if len(lengths) != 1:
        raise InputError(f"all columns need one length, got {sorted(lengths)}")
    if (table.n < 0).any():
        row = int(np.argmax(table.n < 0))
        raise InputError(f"row {row}: n is {table.n[row]}, but units are never negative")
    counted = table.n > 0
    if table.sd is None:
        wrong = counted & ~((table.mean >= 0) & (table.mean <= 1))
    else:
        wrong = counted & ~(np.isfinite(table.mean) & (table.sd >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InputError(
            f"row {row} (experiment {table.experiment[row]}, arm {table.arm[row]}): the mean "
            f"{table.mean[row]} is not possible",
            hint="A proportion lies within 0–1; a mean needs its standard deviation.",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Layout:
    """Where rows lie: comparisons as row numbers, experiments as a wide table."""

    treatment: NDArray[np.intp]  # row of each comparison's treatment arm
    control: NDArray[np.intp]
    experiment: NDArray[np.intp]  # experiment number of each comparison
    position: NDArray[np.intp]  # column of each comparison in the wide table
    wide: NDArray[np.intp]  # (n_experiments, n_arms) row numbers, −1 where absent

    @property
    def n_experiments(self) -> int:
        return len(self.wide)


def _layout(table: ArmTable, *, control: str | None) -> _Layout:
    _, code = np.unique(table.experiment, return_inverse=True)
    _, arm = np.unique(table.arm, return_inverse=True)
    if control is not None:
        arm = np.where(table.arm.astype(str) == control, -1, arm)
    order = np.lexsort((arm, code))
    sorted_code, sorted_arm = code[order], arm[order]
    starts = np.flatnonzero(np.diff(sorted_code, prepend=-1))
    sizes = np.diff(starts, append=len(order))
    position = np.arange(len(order)) - np.repeat(starts, sizes)
    twice = np.flatnonzero((np.diff(sorted_code) == 0) & (np.diff(sorted_arm) == 0))
    if len(twice):
        row = order[twice[0]]
        raise InputError(
            f"experiment {table.experiment[row]} lists the arm {table.arm[row]} twice",
            hint="Give one row an arm, or sum the days up first.",
        )
    if control is not None and (sorted_arm[starts] != -1).any():
        row = order[starts[np.argmax(sorted_arm[starts] != -1)]]
        raise InputError(f"experiment {table.experiment[row]} has no arm {control!r}")
    if not len(sizes) or sizes.max() < 2:
        raise NotEnoughDataError("no experiment has two arms, so there is nothing to compare")
    wide = np.full((len(starts), int(sizes.max())), -1, dtype=np.intp)
    wide[sorted_code, position] = order
    others = position > 0
    return _Layout(
        treatment=order[others],
        control=wide[sorted_code[others], 0],
        experiment=sorted_code[others],
        position=position[others],
        wide=wide,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Statistics:
    effect_size: NDArray[np.float64]
    se: NDArray[np.float64]
    pvalue: NDArray[np.float64]
    holm_pvalue: NDArray[np.float64]
    sample_ratio_pvalue: NDArray[np.float64]
    peeking_pvalue: NDArray[np.float64]
    few_events: NDArray[np.bool_]
    n_mismatched: int

    @classmethod
    def of(cls, table: ArmTable, *, layout: _Layout, scale: Scale, sign: float) -> _Statistics:
        t, c = layout.treatment, layout.control
        variance = _variance(table)
        difference = table.mean[t] - table.mean[c]
        total = variance[t] + variance[c]
        with np.errstate(divide="ignore", invalid="ignore"):
            statistic = difference / np.sqrt(total)
            pvalue = _pvalues(statistic, table=table, variance=variance, layout=layout)
            effect_size, se = difference, np.sqrt(total)
            if scale == "relative":
                base = table.mean[c]
                ratio = table.mean[t] / base
                effect_size = ratio - 1
                se = np.sqrt(variance[t] + ratio**2 * variance[c]) / np.abs(base)
        defined = np.isfinite(pvalue) & np.isfinite(se)
        by_experiment = _sample_ratio(table, layout=layout)
        return cls(
            effect_size=np.where(np.isfinite(effect_size), sign * effect_size, np.nan),
            se=np.where(defined, se, np.nan),
            pvalue=np.where(defined, pvalue, np.nan),
            holm_pvalue=_holm_within(np.where(defined, pvalue, np.nan), layout=layout),
            sample_ratio_pvalue=by_experiment[layout.experiment],
            peeking_pvalue=_peeking(np.where(defined, pvalue, np.nan), table, layout),
            few_events=_few_events(table)[t] | _few_events(table)[c],
            n_mismatched=int((by_experiment < sample_ratio.ALPHA).sum()),
        )

    @property
    def mismatched(self) -> NDArray[np.bool_]:
        return np.asarray(self.sample_ratio_pvalue < sample_ratio.ALPHA)

    def significant_gain(self, alpha: float) -> NDArray[np.bool_]:
        return np.asarray((self.pvalue <= alpha) & (self.effect_size > 0))


def _variance(table: ArmTable) -> NDArray[np.float64]:
    """Return each arm's squared standard error; NaN below two units."""
    per_unit = table.mean * (1 - table.mean) if table.sd is None else table.sd**2
    return np.where(table.n >= 2, per_unit / np.maximum(table.n, 1), np.nan)


def _pvalues(
    statistic: NDArray[np.float64],
    *,
    table: ArmTable,
    variance: NDArray[np.float64],
    layout: _Layout,
) -> NDArray[np.float64]:
    if table.sd is None:
        return np.asarray(2 * ndtr(-np.abs(statistic)))
    arms = (layout.treatment, layout.control)
    weight = sum(variance[rows] ** 2 / (table.n[rows] - 1) for rows in arms)
    df = (variance[arms[0]] + variance[arms[1]]) ** 2 / weight
    return np.asarray(2 * stdtr(df, -np.abs(statistic)))


def _few_events(table: ArmTable) -> NDArray[np.bool_]:
    if table.sd is not None:
        return np.asarray(table.n < 30)
    successes = table.n * table.mean
    return np.asarray(np.minimum(successes, table.n - successes) < MIN_EVENTS - 1e-6)


def _sample_ratio(table: ArmTable, *, layout: _Layout) -> NDArray[np.float64]:
    present = layout.wide >= 0
    counts = np.where(present, table.n[layout.wide], np.nan)
    weights = None if table.weight is None else table.weight[layout.wide]
    return sample_ratio.sample_ratio_pvalues(counts, weights=weights)


def _holm_within(pvalue: NDArray[np.float64], *, layout: _Layout) -> NDArray[np.float64]:
    """Apply Holm's correction among the arms of each experiment."""
    wide = np.full((layout.n_experiments, layout.wide.shape[1] - 1), np.nan)
    wide[layout.experiment, layout.position - 1] = pvalue
    order = np.argsort(wide, axis=1)  # NaN last
    ordered = np.take_along_axis(wide, order, axis=1)
    n_tests = (~np.isnan(wide)).sum(axis=1, keepdims=True)
    factors = n_tests - np.arange(wide.shape[1])
    stepped = np.minimum(np.maximum.accumulate(ordered * factors, axis=1), 1.0)
    adjusted = np.empty_like(wide)
    np.put_along_axis(adjusted, order, stepped, axis=1)
    return np.asarray(adjusted[layout.experiment, layout.position - 1])


def _peeking(
    pvalue: NDArray[np.float64], table: ArmTable, layout: _Layout
) -> NDArray[np.float64]:
    """Return the chance of such a |z| at any of an experiment's looks."""
    adjusted = pvalue.copy()
    if table.n_looks is None:
        return adjusted
    looks = table.n_looks[layout.treatment]
    z = -ndtri(pvalue / 2)
    # The ratio of the two p-values changes slowly with z, so a coarse grid carries it.
    grid = np.linspace(0.5, 8.5, 41)
    for k in np.unique(looks[looks > 1]):
        fractions = [(j + 1) / int(k) for j in range(int(k))]
        ratio = [
            np.sum(crossing_probabilities(fractions=fractions, z=[at] * int(k)))
            / (2 * ndtr(-at))
            for at in grid.tolist()
        ]
        rows = looks == k
        adjusted[rows] *= np.interp(z[rows], grid, ratio)
    return np.minimum(adjusted, 1.0)


def _believe(
    statistics: _Statistics, *, alpha: float
) -> tuple[dict[str, NDArray[np.float64]], Prior | None]:
    """Shrink every comparison whose split is sound, by a prior fitted on all of them."""
    names = ("mean", "sd", "lower", "upper", "probability_positive")
    believed = {name: np.full(len(statistics.se), np.nan) for name in names}
    usable = (statistics.se > 0) & ~statistics.mismatched
    if not usable.any():
        return believed, None
    x, s = statistics.effect_size[usable], statistics.se[usable]
    prior = fit_prior(x, s)
    posterior = shrink(x, s, prior=prior, alpha=alpha)
    for name in names:
        believed[name][usable] = getattr(posterior, name)
    return believed, prior


def _fails(
    statistics: _Statistics,
    *,
    believed: dict[str, NDArray[np.float64]],
    claimed: NDArray[np.bool_],
    mde: float | None,
    alpha: float,
) -> dict[str, NDArray[np.bool_]]:
    gained = statistics.significant_gain(alpha)
    power = np.ones(len(claimed))
    if mde is not None:
        power = ndtr(mde / statistics.se + ndtri(alpha / 2))
    found = {
        "sample_ratio": statistics.mismatched,
        "few_events": statistics.few_events,
        "not_significant": ~gained,
        "many_arms": gained & ~(statistics.holm_pvalue <= alpha),
        "peeking": gained & ~(statistics.peeking_pvalue <= alpha),
        "shrinks": ~statistics.mismatched & ~(believed["probability_positive"] >= 1 - alpha),
        "underpowered": ~(power >= 0.8),
    }
    return {name: claimed & np.asarray(failed) for name, failed in found.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rows:
    effect_size: NDArray[np.float64]
    se: NDArray[np.float64]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    claimed: NDArray[np.bool_]
    stands: NDArray[np.bool_]


def _totals(
    table: ArmTable, *, layout: _Layout, rows: _Rows, alpha: float
) -> tuple[AuditTotal, ...]:
    everything = np.ones(len(rows.claimed), dtype=bool)
    totals = [_total("", "", where=everything, rows=rows, alpha=alpha)]
    for group, labels in (table.groups or {}).items():
        of_comparison = labels[layout.treatment]
        totals += [
            _total(group, str(label), where=of_comparison == label, rows=rows, alpha=alpha)
            for label in np.unique(of_comparison)
        ]
    return tuple(totals)


def _total(
    group: str, label: str, *, where: NDArray[np.bool_], rows: _Rows, alpha: float
) -> AuditTotal:
    z = float(-ndtri(alpha / 2))
    counted = where & rows.claimed
    believed = counted & ~np.isnan(rows.mean)
    claimed = float(np.nansum(rows.effect_size[counted]))
    claimed_half = z * math.sqrt(float(np.nansum(rows.se[counted] ** 2)))
    shrunken = float(rows.mean[believed].sum())
    half = z * math.sqrt(float((rows.sd[believed] ** 2).sum()))
    return AuditTotal(
        group=group,
        label=label,
        n_comparisons=int(where.sum()),
        n_claimed=int(counted.sum()),
        n_standing=int((where & rows.stands).sum()),
        claimed=claimed,
        claimed_lower=claimed - claimed_half,
        claimed_upper=claimed + claimed_half,
        shrunken=shrunken,
        lower=shrunken - half,
        upper=shrunken + half,
    )
