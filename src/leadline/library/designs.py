"""Design of an experiment from the team's own numbers: size, weeks, looks, cost of peeking."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.analysis.experiments.design import Duration, Sizing, duration, sample_size
from leadline.analysis.experiments.design import Plan as Design
from leadline.analysis.experiments.metrics import Mean, Metric, Proportion, Quantile, Ratio
from leadline.connectors.experiments.plans import GreenLight, Plan, to_toml, write_plan
from leadline.connectors.experiments.units import plan_units
from leadline.connectors.warehouse import open_table
from leadline.connectors.warehouse.moments import read_moments
from leadline.errors import InputError, NotEnoughDataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from leadline.analysis.experiments.calibration import Calibration
    from leadline.analysis.experiments.moments import MissingPolicy, Moments


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What the team's own data say of a metric.

    Attributes
    ----------
    mean, sd : float
        Per unit; a ratio's sd is that of its linearised units.
    variance_reduction : float
        Share of variance that the covariates remove, 0–1.
    arrivals : tuple of int
        New units by day; empty where the table has no days.
    n_obs : int
    place : str
    """

    mean: float
    sd: float
    variance_reduction: float
    arrivals: tuple[int, ...]
    n_obs: int
    place: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentDesign:
    """A design, with the plan that holds it.

    Attributes
    ----------
    plan : Plan
    sizing : Sizing
        Units, inflation by the looks, cost of peeking.
    duration : Duration or None
        None where no arrivals are known.
    history : History or None
    mean : float
        The metric's mean now; NaN where it is not known.
    calibration : Calibration or None
        How past predictions fared, where a ledger was given.
    """

    plan: Plan
    sizing: Sizing
    duration: Duration | None
    history: History | None
    mean: float
    calibration: Calibration | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        return asdict(self)

    def to_toml(self) -> str:
        """Return the plan file."""
        return to_toml(self.plan)

    def write(self, path: str | Path) -> None:
        """Write the plan file; an existing one is not overwritten."""
        write_plan(self.plan, path)

    def _repr_html_(self) -> str:
        from leadline.library.pages import design_fragment  # noqa: PLC0415 - only to show

        return design_fragment(self)

    def plot(self) -> Any:
        """Return the bounds of the looks, as an Altair chart."""
        from leadline.library.pages import design_chart_of  # noqa: PLC0415 - only to draw

        return design_chart_of(self)


def design(
    metric: Metric | str,
    *,
    smallest_effect: float | None = None,
    smallest_rel_effect: float | None = None,
    history: Any = None,
    mean: float | None = None,
    sd: float | None = None,
    units_per_day: float | None = None,
    others: Sequence[Metric] = (),
    name: str = "experiment",
    hypothesis: str = "",
    owner: str = "",
    control: str = "control",
    weights: Mapping[str, float] | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    looks: int = 4,
    missing: MissingPolicy = "error",
    columns: Mapping[str, str] | None = None,
    table: str = "",
    spark: str = "",
    green_light: tuple[str, float] | None = None,
    started_on: date | None = None,
    past: Any = None,
) -> ExperimentDesign:
    """Plan an experiment.

    Parameters
    ----------
    metric : Metric or str
        The primary; a name alone is a proportion where `mean` is given without `sd`, and
        recognised from the history otherwise.
    smallest_effect, smallest_rel_effect : float
        The smallest effect worth shipping for, in the metric's unit or as a share of its
        mean. One of them.
    history : path, address or data frame, optional
        One row a unit, with the day of its first visit: gives mean, sd, how much the
        covariates help, and how many new units come.
    mean, sd : float, optional
        Where there is no history; a proportion needs the mean alone.
    units_per_day : float, optional
        New units a day, where there is no history.
    others : sequence of Metric
        Guardrails and exploratory metrics of the plan.
    weights : mapping of arm to share, optional
        The control and one treatment in equal parts by default.
    looks : int
        Planned looks, the last one included.
    green_light : (metric, threshold), optional
        The offline result that must be reached before users see it.
    past : path, address or data frame, optional
        What `leadline.ledger` reads: how predictions fared discounts the green light.

    Raises
    ------
    InputError
        Neither history nor mean and sd are known, or no smallest effect.

    Examples
    --------
    >>> from leadline.library.designs import design
    >>> design("converted", mean=0.1, smallest_effect=0.01, looks=1).sizing.n_obs
    29497
    """
    known = None
    if history is not None:
        known, declared = _history(
            history, metric, missing=missing, columns=columns, table=table, spark=spark
        )
        mean, sd = known.mean, known.sd
    elif isinstance(metric, str):
        declared = Mean(column=metric) if sd is not None else Proportion(column=metric)
    else:
        declared = metric
    noise = _noise(declared, mean=mean, sd=sd)
    smallest = _smallest(smallest_effect, smallest_rel_effect, mean=mean)
    split = dict(weights or {control: 1.0, "treatment": 1.0})
    if control not in split:
        raise InputError(f"the control {control!r} has no weight", hint=f"Arms: {list(split)}.")
    shares = [split[control], *(share for arm, share in split.items() if arm != control)]
    sizing = sample_size(
        Design(
            sd=noise,
            sd_treatment=_noise_with(declared, mean=mean, effect=smallest),
            alpha=alpha,
            power=power,
            weights=tuple(shares),
            variance_reduction=known.variance_reduction if known else 0.0,
            n_looks=looks,
        ),
        mde=smallest,
    )
    length = _duration(sizing.n_obs, known=known, units_per_day=units_per_day)
    return ExperimentDesign(
        plan=Plan(
            name=name,
            hypothesis=hypothesis,
            owner=owner,
            control=control,
            metrics=(declared, *others),
            smallest_effects={declared.name: smallest},
            weights=split,
            alpha=alpha,
            power=power,
            looks=looks,
            n_planned=sizing.n_obs,
            weeks=length.weeks if length else None,
            started_on=started_on,
            table=dict(columns or {}),
            green_light=GreenLight(metric=green_light[0], threshold=green_light[1])
            if green_light
            else None,
        ),
        sizing=sizing,
        duration=length,
        history=known,
        mean=math.nan if mean is None else mean,
        calibration=None if past is None else _calibration(past),
    )


def _calibration(past: Any) -> Calibration | None:
    from leadline.library.ledger import ledger  # noqa: PLC0415 - no other design needs it

    return ledger(past).ledger.calibration


def _smallest(absolute: float | None, relative: float | None, *, mean: float | None) -> float:
    if (absolute is None) == (relative is None):
        raise InputError(
            "say the smallest effect worth shipping for, once",
            hint="Either in the metric's unit or as a share of its mean.",
        )
    if absolute is not None:
        return absolute
    if mean is None or not mean:
        raise InputError("a relative effect needs the metric's mean", hint="Give --mean.")
    return abs((relative or 0.0) * mean)


def _noise(metric: Metric, *, mean: float | None, sd: float | None) -> float:
    if sd is not None:
        return sd
    if mean is None or not 0 < mean < 1 or not isinstance(metric, Proportion):
        raise InputError(
            f"how large is the noise of {metric.name}?",
            hint="Give a history table, or mean and sd (a share's mean suffices).",
        )
    return math.sqrt(mean * (1 - mean))


def _noise_with(metric: Metric, *, mean: float | None, effect: float) -> float | None:
    """Return a share's noise once it moved by the effect; None for what is no share."""
    if mean is None or not isinstance(metric, Proportion):
        return None
    moved = mean + (abs(effect) if metric.higher_is_better else -abs(effect))
    if not 0 < moved < 1:
        raise InputError(
            f"{metric.name} cannot move by {abs(effect):g} from {mean:g}: a share lies within "
            "0 and 1",
            hint="Give a smaller effect: 0.01 is one percentage point.",
        )
    return math.sqrt(moved * (1 - moved))


def _duration(
    n_obs: int, *, known: History | None, units_per_day: float | None
) -> Duration | None:
    if units_per_day is not None:
        return duration(n_obs=n_obs, arrivals=[units_per_day] * 7)
    if known is None or len(known.arrivals) < 7:
        return None
    return duration(n_obs=n_obs, arrivals=known.arrivals)


def _history(
    source: Any,
    metric: Metric | str,
    *,
    missing: MissingPolicy,
    columns: Mapping[str, str] | None,
    table: str,
    spark: str,
) -> tuple[History, Metric]:
    """Read mean, noise, covariates' help and arrivals; arms do not matter here."""
    opened = open_table(source, table=table, spark=spark)
    found = plan_units(
        opened, given=columns, metrics=[metric], missing=missing, needs_arm=False
    )
    declared = found.metrics[0]
    if isinstance(declared, Quantile):
        raise InputError("a quantile cannot be designed for; take a mean or a share")
    read = read_moments(opened, layout=found.layout, metrics=[declared])
    whole = read.whole(declared.name)
    if whole is None or whole.n < 2:
        raise NotEnoughDataError(f"{opened.place} has fewer than 2 units to learn from")
    mean, gradient = _linearised(whole, is_ratio=isinstance(declared, Ratio))
    variance, explained = _variance(whole, gradient)
    by_day: dict[Any, int] = {}
    for cell, n in read.n_rows.items():
        if cell.day is not None:
            by_day[cell.day] = by_day.get(cell.day, 0) + n
    history = History(
        mean=mean,
        sd=math.sqrt(variance),
        variance_reduction=explained,
        arrivals=tuple(by_day[day] for day in sorted(by_day)),
        n_obs=whole.n,
        place=opened.place,
    )
    return history, declared


def _linearised(whole: Moments, *, is_ratio: bool) -> tuple[float, np.ndarray[Any, Any]]:
    """Return the metric's value, and its gradient in the outcome columns."""
    means = whole.mean
    if not is_ratio:
        return float(means[0]), np.array([1.0])
    if not means[1]:
        raise NotEnoughDataError("the ratio's denominator is 0 on average")
    ratio = float(means[0] / means[1])
    return ratio, np.array([1.0, -ratio]) / means[1]


def _variance(whole: Moments, gradient: np.ndarray[Any, Any]) -> tuple[float, float]:
    """Return the variance per unit, and the share of it that covariates explain."""
    k = len(gradient)
    covariance = whole.covariance
    variance = float(gradient @ covariance[:k, :k] @ gradient)
    if len(whole.columns) == k or not variance:
        return variance, 0.0
    cross = covariance[k:, :k] @ gradient
    theta = np.linalg.lstsq(covariance[k:, k:], cross, rcond=None)[0]
    return variance, float(np.clip(theta @ cross / variance, 0.0, 0.999))
