"""Plan templates: files without names that anybody can share."""

from __future__ import annotations

import string
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from leadline.errors import InputError

Each = Literal["", "person", "project"]
Evidence = Literal["", "one-on-one", "project-brief", "feedback"]

FIELDS: dict[str, frozenset[str]] = {
    "": frozenset(),
    "person": frozenset({"person"}),
    "project": frozenset({"project", "owner"}),
}
"""What a title or text may fill in, by what the step repeats for."""

EVIDENCE: dict[str, frozenset[str]] = {
    "": frozenset({""}),
    "person": frozenset({"", "one-on-one", "feedback"}),
    "project": frozenset({"", "project-brief"}),
}
KEYS = ("id", "title", "text", "each", "evidence", "day", "from", "until")
FIRST_DAY, LAST_DAY = -60, 180


@dataclass(frozen=True, kw_only=True, slots=True)
class TemplateStep:
    """One step of a template; day 0 is the first day, negative days prepare.

    Attributes
    ----------
    id : str
        Stable name within the template.
    title, text : str
        With {person}, or {project} and {owner}, where the step repeats.
    each : "person", "project" or ""
        What it repeats for.
    first_day, last_day : int
        Where it lies; repeated steps spread over the working days between.
    evidence : "one-on-one", "project-brief", "feedback" or ""
        What ticks it.
    """

    id: str
    title: str
    text: str
    each: Each
    first_day: int
    last_day: int
    evidence: Evidence


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanTemplate:
    """A named list of steps, in the order of the file."""

    name: str
    about: str
    steps: tuple[TemplateStep, ...]


def load_template(path: Path | None = None) -> PlanTemplate:
    """Return the packaged template, or the one in a TOML file.

    Raises
    ------
    InputError
        The file cannot be read, or a step says something that is not allowed: the
        message names file, step and key.
    """
    if path is None:
        return _packaged()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the plan template {path} cannot be read: {error}") from error
    return parse_template(text, place=str(path))


@cache
def _packaged() -> PlanTemplate:
    text = files(__package__).joinpath("default.toml").read_text(encoding="utf-8")
    return parse_template(text, place="default.toml")


def parse_template(text: str, *, place: str) -> PlanTemplate:
    """Read a template from TOML text; `place` is used in errors only."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{place} is not valid TOML: {error}") from error
    if unknown := sorted(values.keys() - {"name", "about", "step"}):
        raise InputError(f"{place}: unknown key {unknown[0]!r}; allowed: name, about, step")
    tables = values.get("step")
    if not isinstance(tables, list) or not tables:
        raise InputError(f"{place} has no [[step]]; a plan needs at least one")
    steps = tuple(_step(table, f"{place}, step {n}") for n, table in enumerate(tables, 1))
    ids = [step.id for step in steps]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise InputError(f"{place}: the id {min(twice)!r} stands twice; ids are unique")
    return PlanTemplate(
        name=_text(values, "name", place), about=str(values.get("about", "")), steps=steps
    )


def _text(values: dict[str, Any], key: str, place: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{place}: {key} is {value!r}; a text is needed")
    return value


def _step(values: Any, place: str) -> TemplateStep:
    if not isinstance(values, dict):
        raise InputError(f"{place} is {values!r}; a [[step]] table is needed")
    if unknown := sorted(values.keys() - set(KEYS)):
        raise InputError(f"{place}: unknown key {unknown[0]!r}; allowed: {', '.join(KEYS)}")
    name = _text(values, "id", place)
    place = f"{place} ({name})"
    each = values.get("each", "")
    if each not in FIELDS:
        raise InputError(f'{place}: each is {each!r}; allowed: "person", "project"')
    evidence = values.get("evidence", "")
    if evidence not in EVIDENCE[each]:
        allowed = ", ".join(sorted(EVIDENCE[each] - {""})) or "none, without `each`"
        raise InputError(f"{place}: evidence is {evidence!r}; allowed: {allowed}")
    first_day, last_day = _days(values, place)
    step = TemplateStep(
        id=name,
        title=_text(values, "title", place),
        text=str(values.get("text", "")),
        each=each,
        first_day=first_day,
        last_day=last_day,
        evidence=evidence,
    )
    _check_fields(step, place)
    return step


def _days(values: dict[str, Any], place: str) -> tuple[int, int]:
    if ("day" in values) == ("from" in values and "until" in values):
        raise InputError(f"{place}: give either `day`, or `from` and `until`")
    first_day = _day(values, "day" if "day" in values else "from", place)
    last_day = _day(values, "day" if "day" in values else "until", place)
    if last_day < first_day:
        raise InputError(f"{place}: `until` {last_day} lies before `from` {first_day}")
    return first_day, last_day


def _day(values: dict[str, Any], key: str, place: str) -> int:
    day = values[key]
    if type(day) is not int or not FIRST_DAY <= day <= LAST_DAY:
        raise InputError(
            f"{place}: {key} is {day!r}; whole days from {FIRST_DAY} to {LAST_DAY} are allowed"
        )
    return day


def _check_fields(step: TemplateStep, place: str) -> None:
    """Refuse what cannot be filled in, attribute access included."""
    allowed = FIELDS[step.each]
    shown = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none, without `each`"
    for text in (step.title, step.text):
        try:
            parts = list(string.Formatter().parse(text))
        except ValueError as error:
            raise InputError(f"{place}: {text!r} cannot be filled in: {error}") from error
        for _, name, form, conversion in parts:
            if name is not None and (name not in allowed or form or conversion):
                raise InputError(
                    f"{place}: {{{name}}} cannot be filled in here; allowed: {shown}"
                )
