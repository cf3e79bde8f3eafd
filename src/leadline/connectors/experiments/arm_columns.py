"""The statistics that a table with one row an arm carries, read off its columns' names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leadline.connectors.experiments.names import CONVERSIONS, plain
from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leadline.connectors.warehouse.tables import Column

STATISTICS: dict[str, str] = {
    "mean": "mean avg average",
    "sd": "sd std stddev stdev standard_deviation",
    "var": "var variance",
    "se": "se stderr standard_error sem",
    "sum": "sum total",
    "sum_squares": "sum_squares sum_sq sumsq sum_of_squares squares ss",
}
"""Statistic → how a column's name says it, alone or before or after the metric's name."""

_SHARES = frozenset(["rate", "share", "cvr", "ctr", "cr", "quote", "tasa"])
"""Words in the name of a column that holds successes divided by units."""

_PAIRS = (
    ("c", "t"),
    ("control", "treatment"),
    ("ctrl", "trt"),
    ("a", "b"),
    ("control", "test"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmMetric:
    """One metric of a table with one row an arm.

    Attributes
    ----------
    name : str
        The metric's name.
    successes : str
        The column with the count of successes; empty for a mean.
    statistics : dict of statistic to column
        "mean" with one of "sd", "var" and "se", or "sum" with "sum_squares"; or "share",
        the successes divided by the units.
    """

    name: str
    successes: str
    statistics: dict[str, str]

    @property
    def is_share(self) -> bool:
        """Whether each unit either succeeds or not."""
        return bool(self.successes) or "share" in self.statistics


def arm_metrics(
    columns: Sequence[Column], *, wanted: Sequence[str], place: str
) -> tuple[ArmMetric, ...]:
    """Find the metrics among the columns that have no role.

    Parameters
    ----------
    columns : sequence of Column
        Without those that have a role.
    wanted : sequence of str
        Columns that the user named as conversions; empty to recognise them.

    Raises
    ------
    InputError
        None is found, or several columns could be the conversions.
    """
    numeric = [column.name for column in columns if column.kind == "number"]
    means = _means(numeric)
    if wanted:
        by_name = {metric.name: metric for metric in (*_shares(numeric), *means)}
        return tuple(by_name.get(name) or _proportion(name, numeric, place) for name in wanted)
    known = [name for name in numeric if _tells_conversions(name)]
    found = (*(_proportion(name, numeric, place) for name in known), *means)
    if found := found or _shares(numeric):
        return found
    if len(numeric) == 1:
        return (_proportion(numeric[0], numeric, place),)
    candidates = ", ".join(repr(name) for name in numeric) or "no other number is there"
    if text := [c.name for c in columns if c.kind == "text"]:
        candidates += f" ({', '.join(map(repr, text[:4]))} hold text, as 10% or 1,000 are)"
    raise InputError(
        f"{place}: which column counts the successes of an arm? Candidates: {candidates}",
        hint="Say it: --metric COLUMN; or export mean and sd (or sum and sum_squares).",
    )


def pairs(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Find columns that hold the control's and the treatment's number side by side.

    Returns
    -------
    dict of stem to (control's column, treatment's column)
        `count_c, count_t, mean_c, mean_t` gives the stems `count` and `mean`.
    """
    by_plain = {plain(name): name for name in names}
    best: dict[str, tuple[str, str]] = {}
    for control, treatment in _PAIRS:
        found = {}
        for key, name in by_plain.items():
            for stem, other in _partners(key, control, treatment):
                if stem and other in by_plain:
                    found[stem] = (name, by_plain[other])
        if len(found) > len(best):
            best = found
    return best


def _partners(key: str, control: str, treatment: str) -> list[tuple[str, str]]:
    partners = []
    if key.endswith(f"_{control}"):
        stem = key.removesuffix(f"_{control}")
        partners.append((stem, f"{stem}_{treatment}"))
    if key.startswith(f"{control}_"):
        stem = key.removeprefix(f"{control}_")
        partners.append((stem, f"{treatment}_{stem}"))
    return partners


def _means(names: list[str]) -> tuple[ArmMetric, ...]:
    by_stem: dict[str, dict[str, str]] = {}
    for name in names:
        told = _statistic(plain(name))
        if told:
            stem, statistic = told
            by_stem.setdefault(stem, {}).setdefault(statistic, name)
    return tuple(
        ArmMetric(name=stem or "value", successes="", statistics=found)
        for stem, found in by_stem.items()
        if is_complete(found)
    )


def _shares(names: list[str]) -> tuple[ArmMetric, ...]:
    """Return the metrics of columns that by their names hold a share of the units."""
    return tuple(
        ArmMetric(name=name, successes="", statistics={"share": name})
        for name in names
        if _SHARES & set(plain(name).split("_"))
    )


def is_complete(found: dict[str, str]) -> bool:
    """Whether a mean and a variance can be computed from these statistics."""
    centre = "mean" in found or "sum" in found
    return centre and bool(found.keys() & {"sd", "var", "se", "sum_squares"})


def _statistic(name: str) -> tuple[str, str] | None:
    """Return a column's metric and statistic, the longest matching word first."""
    words = sorted(
        ((word, statistic) for statistic, told in STATISTICS.items() for word in told.split()),
        key=lambda pair: -len(pair[0]),
    )
    for word, statistic in words:
        if name == word:
            return "", statistic
        if name.endswith(f"_{word}"):
            return name.removesuffix(f"_{word}"), statistic
        if name.startswith(f"{word}_"):
            return name.removeprefix(f"{word}_"), statistic
    return None


def _tells_conversions(name: str) -> bool:
    key = plain(name)
    return any(key == word or key in (f"n_{word}", f"num_{word}") for word in CONVERSIONS)


def _proportion(name: str, numeric: list[str], place: str) -> ArmMetric:
    if name not in numeric:
        raise InputError(
            f"{place} has no numeric column {name!r} to take as a metric",
            hint=f"Numeric columns without a role: {', '.join(numeric)}.",
        )
    return ArmMetric(name=name, successes=name, statistics={})
