"""The workspace's settings with what each means, what it is, and whose default it is."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from leadline.workspace import Configuration

CITED = {
    "one_on_ones": "Leadline's source, 48:07: weekly, 15 minutes suffice, never skip. Gallup: "
    "15–30 minutes suffice if they are frequent (correlational).",
    "span": "Leadline's source, 10:51: past 7–8 reports quality drops. Gallup: the median team "
    "has 5–6 people.",
    "feedback": "Leadline's source, 41:10: no feedback before about a quarter.",
    "projects": "Active: a quarter, the rhythm of planning. Dormant: one year, after Khondhu, "
    "Capiluppi and Stol (2013).",
    "brief": "At most seven lines: what is read in a minute.",
    "hours": "A week of 40 hours; the shares are yours.",
}
"""Table → where its default comes from."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingTable:
    """One table of the workspace file.

    Attributes
    ----------
    heading : str
        As it stands in the file.
    meaning : str
        What it is for.
    cited : str
        Where its default comes from; empty where there is nothing to cite.
    rows : tuple of (str, str, bool)
        Key, value, and whether it differs from the default.
    """

    heading: str
    meaning: str
    cited: str
    rows: tuple[tuple[str, str, bool], ...]


def setting_tables(configuration: Configuration) -> tuple[SettingTable, ...]:
    """Return every table of a workspace's settings, as they are in force."""
    return tuple(_tables(configuration))


def _tables(configuration: Configuration) -> Iterator[SettingTable]:
    for field in msgspec.structs.fields(Configuration):
        value = getattr(configuration, field.name)
        if isinstance(value, msgspec.Struct):
            yield _table(f"[{field.encode_name}]", field.name, value)
        elif isinstance(value, tuple):
            for one in value:
                yield _table(f"[[{field.encode_name}]]", field.name, one)


def _table(heading: str, name: str, value: Any) -> SettingTable:
    _, _, meaning = inspect.cleandoc(type(value).__doc__ or "").partition(": ")
    return SettingTable(
        heading=heading,
        meaning=meaning[:1].upper() + meaning[1:],
        cited=CITED.get(name, ""),
        rows=tuple(
            (field.encode_name, _shown(getattr(value, field.name)), _is_set(value, field))
            for field in msgspec.structs.fields(type(value))
            if getattr(value, field.name) not in ("", None)
        ),
    )


def _is_set(value: Any, field: Any) -> bool:
    return bool(field.required or getattr(value, field.name) != field.default)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_shown(inner)}" for key, inner in value.items()) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, str) and "://" in value:
        return f"{value.partition('://')[0]}://… (secret)"
    return str(value).lower() if isinstance(value, bool) else str(value)
