"""An experiment's plan: a small TOML file in git, written before the data are read."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from leadline.analysis.experiments.metrics import Mean, Metric, Proportion, Quantile, Ratio
from leadline.errors import ConfigurationError, InputError

KINDS: dict[str, type[Metric]] = {
    "mean": Mean,
    "proportion": Proportion,
    "ratio": Ratio,
    "quantile": Quantile,
}

_TOP = [
    "name",
    "hypothesis",
    "control",
    "alpha",
    "power",
    "looks",
    "spending",
    "n_planned",
    "weeks",
    "started_on",
    "owner",
    "weights",
    "table",
    "green_light",
    "metrics",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class GreenLight:
    """The offline result that a model must reach before it is tried on users."""

    metric: str
    threshold: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What was decided before the experiment.

    Attributes
    ----------
    name, hypothesis, owner : str
    control : str
        The arm that the others are compared with; empty to recognise it.
    metrics : tuple of Metric
        At least one primary.
    smallest_effects : dict of metric to float
        The smallest effect worth shipping for, in the metric's unit.
    weights : dict of arm to share
        The declared split; equal where it is empty.
    alpha, power : float
        Of the primary, two-sided.
    looks : int
        Planned looks, the last one included; 1 is a fixed horizon.
    spending : str
        How α is spent over the looks.
    n_planned : int or None
        Units of all arms together.
    weeks : int or None
        Whole weeks that they take to arrive.
    started_on : date or None
    table : dict of role to text
        Where the results are (`source`, `table`, `spark`) and which columns mean what.
    green_light : GreenLight or None
    """

    name: str
    metrics: tuple[Metric, ...]
    hypothesis: str = ""
    owner: str = ""
    control: str = ""
    smallest_effects: dict[str, float] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    alpha: float = 0.05
    power: float = 0.8
    looks: int = 1
    spending: str = "obrien_fleming"
    n_planned: int | None = None
    weeks: int | None = None
    started_on: date | None = None
    table: dict[str, str] = field(default_factory=dict)
    green_light: GreenLight | None = None

    def __post_init__(self) -> None:
        if not any(metric.role == "primary" for metric in self.metrics):
            raise ConfigurationError(
                f"plan {self.name!r} has no primary metric",
                hint='Give one metric role = "primary"; it decides.',
            )
        names = [metric.name for metric in self.metrics]
        if len(set(names)) < len(names):
            raise ConfigurationError(f"plan {self.name!r}: two metrics share a name: {names}")
        for what, share in (("alpha", self.alpha), ("power", self.power)):
            if not 0 < share < 1:
                raise ConfigurationError(f"{what} must lie within 0–1, got {share}")
        if self.looks < 1:
            raise ConfigurationError(f"looks must be at least 1, got {self.looks}")

    @property
    def primaries(self) -> tuple[Metric, ...]:
        """The metrics that decide."""
        return tuple(metric for metric in self.metrics if metric.role == "primary")

    @property
    def ends_on(self) -> date | None:
        """The last day of its last planned week; None where it has no start or no length."""
        if self.started_on is None or self.weeks is None:
            return None
        return self.started_on + timedelta(weeks=self.weeks) - timedelta(days=1)


def read_plan(path: str | Path) -> Plan:
    """Read a plan.

    Raises
    ------
    InputError
        The file is not there.
    ConfigurationError
        It is no TOML, or says something that is not allowed.
    """
    place = Path(path)
    try:
        told = tomllib.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{place} cannot be read: {error.strerror}",
            hint="`leadline experiments design METRIC … --write PLAN.toml` writes a plan.",
        ) from error
    except ValueError as error:  # UnicodeDecodeError is one
        raise ConfigurationError(f"{place} is no TOML: {error}") from error
    unknown = sorted(told.keys() - set(_TOP))
    if unknown:
        raise ConfigurationError(
            f"{place}: unknown {', '.join(unknown)}", hint=f"Allowed: {', '.join(_TOP)}."
        )
    try:
        return _plan(told, place)
    except (TypeError, ValueError, KeyError) as error:
        raise ConfigurationError(f"{place}: {error}") from error


def write_plan(plan: Plan, path: str | Path) -> None:
    """Write a plan as TOML; an existing file is not overwritten.

    Raises
    ------
    InputError
        The file is there already.
    """
    place = Path(path)
    if place.exists():
        raise InputError(
            f"{place} is there already", hint="A plan is written once; give another name."
        )
    place.write_text(to_toml(plan), encoding="utf-8")


def to_toml(plan: Plan) -> str:
    """Write a plan in TOML's words."""
    lines = ["# Written before the data are read; `leadline experiments analyze` holds to it."]
    for name in _TOP[: _TOP.index("weights")]:
        value = getattr(plan, name)
        if value not in (None, ""):
            lines.append(f"{name} = {_value(value)}")
    if plan.green_light:
        lines += ["", "[green_light]  # offline, before users see it"]
        lines.append(f"metric = {_value(plan.green_light.metric)}")
        lines.append(f"threshold = {_value(plan.green_light.threshold)}")
    for heading, mapping in (("weights", plan.weights), ("table", plan.table)):
        if mapping:
            lines += ["", f"[{heading}]"]
            lines += [f"{_key(key)} = {_value(value)}" for key, value in mapping.items()]
    for metric in plan.metrics:
        lines += ["", "[[metrics]]", f"kind = {_value(kind_of(metric))}"]
        lines += _metric_lines(metric)
        if metric.name in plan.smallest_effects:
            lines.append(f"smallest_effect = {_value(plan.smallest_effects[metric.name])}")
    return "\n".join(lines) + "\n"


def kind_of(metric: Metric) -> str:
    """Return the word for a metric's kind."""
    return next(word for word, kind in KINDS.items() if type(metric) is kind)


def _plan(told: dict[str, Any], place: Path) -> Plan:
    light = told.get("green_light")
    entries = told.get("metrics", [])
    metrics = tuple(_metric(entry, place) for entry in entries)
    simple = {k: v for k, v in told.items() if k not in ("green_light", "metrics", "name")}
    return Plan(
        name=told.get("name", place.stem),
        metrics=metrics,
        smallest_effects={
            metric.name: float(entry["smallest_effect"])
            for metric, entry in zip(metrics, entries, strict=True)
            if "smallest_effect" in entry
        },
        green_light=GreenLight(**light) if light else None,
        **simple,
    )


def _metric(entry: dict[str, Any], place: Path) -> Metric:
    told = dict(entry)
    kind = KINDS.get(told.pop("kind", "mean"))
    if kind is None:
        raise ConfigurationError(
            f"{place}: kind {entry['kind']!r} is unknown", hint=f"Allowed: {', '.join(KINDS)}."
        )
    told.pop("smallest_effect", None)
    if "covariates" in told:
        told["covariates"] = tuple(told["covariates"])
    return kind(**told)


def _metric_lines(metric: Metric) -> list[str]:
    lines = []
    for entry in fields(metric):
        value = getattr(metric, entry.name)
        if entry.name in ("name", "role") or value != entry.default:
            lines.append(f"{entry.name} = {_value(value)}")
    return lines


def _key(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return f"[{', '.join(_value(entry) for entry in value)}]"
    return json.dumps(value, ensure_ascii=False)
