"""One row of a table of results → moments, or the reason why it cannot be."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leadline.analysis.experiments.moments import Moments
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadline.connectors.experiments.arm_columns import ArmMetric
    from leadline.connectors.warehouse.state import Day

LARGEST_COUNT = 2**53
"""Beyond it a double no longer tells one unit more or less."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmRow:
    experiment: str
    arm: str
    metric: str
    day: Day
    moments: Moments


def read_row(record: Mapping[str, Any], *, metric: ArmMetric, experiment: str) -> ArmRow:
    if record.get("arm") is None:
        raise InputError("a row has no arm")
    arm = name_of(record["arm"])
    n = _whole(record["n"], what="units", arm=arm)
    values = {
        key: _finite(record[f"\0{name}"], what=name, arm=arm)
        for key, name in metric.statistics.items()
    }
    if metric.successes:
        successes = _whole(record[f"\0{metric.successes}"], what=metric.successes, arm=arm)
        if successes > n:
            raise InputError(
                f"arm {arm!r}: {successes:,} {metric.successes} of {n:,} units cannot be"
            )
        moments = Moments.from_counts(successes=successes, n=n)
    elif "share" in values:
        moments = _from_share(n, values["share"], what=metric.name, arm=arm)
    else:
        moments = _from_statistics(n, values, arm=arm)
    told = record.get("metric")
    return ArmRow(
        experiment=experiment,
        arm=arm,
        metric=metric.name if told is None else name_of(told),
        day=day_of(record.get("day")),
        moments=moments,
    )


def _from_share(n: int, share: float, *, what: str, arm: str) -> Moments:
    """Count the successes back; a rounded share may be off by a few of them."""
    if not 0 <= share <= 1:
        raise InputError(f"arm {arm!r}: {what} must be a share within 0 and 1, got {share:g}")
    return Moments.from_counts(successes=round(share * n), n=n)


def _from_statistics(n: int, values: Mapping[str, float], *, arm: str) -> Moments:
    if n < 1:
        raise InputError(f"arm {arm!r} has no units")
    mean = values["mean"] if "mean" in values else values["sum"] / n
    if "sd" in values:
        sd = values["sd"]
    elif "se" in values:
        sd = values["se"] * math.sqrt(n)
    else:
        variance = values["var"] if "var" in values else _variance(n, mean, values)
        if variance < 0:
            raise InputError(f"arm {arm!r}: a variance of {variance:g} cannot be")
        sd = math.sqrt(variance)
    return Moments.from_mean_sd(n=n, mean=mean, sd=sd)


def _variance(n: int, mean: float, values: Mapping[str, float]) -> float:
    if n < 2:
        return 0.0
    return (values["sum_squares"] - n * mean * mean) / (n - 1)


def name_of(value: Any) -> str:
    return "" if value is None else str(value)


def number_of(value: Any) -> float | None:
    if value is None or isinstance(value, str):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def _finite(value: Any, *, what: str, arm: str) -> float:
    number = number_of(value)
    if number is None:
        raise InputError(f"arm {arm!r} has no finite {what}, got {value!r}")
    return number


def _whole(value: Any, *, what: str, arm: str) -> int:
    number = _finite(value, what=what, arm=arm)
    if number != int(number) or not 0 <= number <= LARGEST_COUNT:
        raise InputError(f"arm {arm!r}: {what} must be a count, got {value!r}")
    return int(number)


def day_of(value: Any) -> Day:
    """Return a day as a date where it is one, else as a number."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.strip()).date()
        except ValueError:
            raise InputError(f"{value!r} is no date", hint="Write 2026-03-31.") from None
    return float(value)  # a decimal
