"""The pack for a works council: one entry for each field, read off the tables themselves.

What a field is for and what could be evaluated with it stands in `fields.toml`; who reads it
comes from the rules that the pages ask, and how long it is kept from the table that the
retention runs by. A field without an entry is an error, and a test asks for each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.apps import apps
from django.db.models import AutoField, Field, Model

from leadline.records import access
from leadline.records.personal import KINDS
from leadline.records.sealed import SealedTextField

EVERYWHERE = "everywhere"


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldEntry:
    """One field: what for, who reads it, how long it is kept, what could be evaluated."""

    name: str
    is_sealed: bool
    purpose: str
    readers: tuple[str, ...]
    until: str
    could: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TableEntry:
    """One table with all its fields."""

    model: type[Model]
    what: str
    purpose: str
    could: str
    fields: tuple[FieldEntry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Other:
    """A table that is no kind of record about people written here; it may still name some."""

    what: str
    purpose: str
    until: str
    could: str
    readers: tuple[str, ...] = ()


_WITH_SOURCE = "when the source is read anew; a purge takes the person out of it"
_OTHERS = {
    "Person": _Other(
        what="person",
        purpose="Who is on the team, since when and until when.",
        until="when the person is purged",
        could="What the people file says. Nothing is added to it.",
    ),
    "RosterChange": _Other(
        what="roster history",
        purpose="What the people file changed, and when.",
        until="when the person is purged",
        could="When a role or level changed. Nothing compares people.",
    ),
    "Correction": _Other(
        what="correction",
        purpose="What somebody says is right about themselves.",
        until="when the person is purged",
        could="None: it is theirs.",
    ),
    "Erasure": _Other(
        what="erasure",
        purpose="So that sources which still name somebody are read without them.",
        until="never: sources may go on naming them",
        could="That somebody was purged, by whoever knows the address already.",
        readers=("nobody; a hash says nothing by itself",),
    ),
    "IdentityDecision": _Other(
        what="who is who on commits",
        purpose="Whether two addresses on commits are one person.",
        until="when the person is purged",
        could="None: it says who is who.",
        readers=("the lead",),
    ),
    "ProjectConfirmation": _Other(
        what="project confirmed",
        purpose="That an owner confirmed the facts of a project.",
        until="with the workspace; a purge empties notes that name the person",
        could="None of a person: it is about the project.",
    ),
    "PlanChange": _Other(
        what="step of the first 90 days",
        purpose="What the lead moved or did of their own plan.",
        until="with the workspace; it names nobody",
        could="How the lead does. The lead alone reads it.",
        readers=("the lead",),
    ),
    "InterviewQuestion": _Other(
        what="interview question",
        purpose="The questions of a kit.",
        until="with the kit",
        could="None: it is about questions.",
    ),
    "PulseCount": _Other(
        what="pulse count",
        purpose="How many of the whole team chose each level.",
        until="with the round",
        could="How the team sees the lead. No key, order or time leads to anybody.",
        readers=("nobody; the team sees what the threshold lets through",),
    ),
    "Brief": _Other(
        what="brief",
        purpose="What was said to the lead on a day.",
        until="two years after its day",
        could="None of a person.",
    ),
    "BriefLine": _Other(
        what="line of a brief",
        purpose="What needed the lead on a day.",
        until="with the brief; at once when the person it names is purged",
        could="What was due with somebody: dates of a duty, never a judgement.",
    ),
    "Response": _Other(
        what="answer to a brief",
        purpose="What the lead dismissed, put off, or called wrong.",
        until="when the person it is about is purged",
        could="None of a person: it is about a line.",
    ),
    "Source": _Other(
        what="source",
        purpose="What is read.",
        until="when the workspace file names it no more",
        could="None: it is about the source.",
    ),
    "Reading": _Other(
        what="reading of a source",
        purpose="When a source was read, and what could not be.",
        until="after the newest twenty of a source; a purge takes names out of it",
        could="None: it is about the machine.",
    ),
    "Snapshot": _Other(
        what="what a source said",
        purpose="The facts of the newest reading of a source.",
        until=_WITH_SOURCE,
        could="What git and the calendar say of somebody. No count of a person is worked out.",
        readers=("whoever reads the pages made of it, each with its own list",),
    ),
    "TypedInput": _Other(
        what="typing",
        purpose="What Leadline itself costs: characters typed a day.",
        until="with the workspace; it names nobody",
        could="None: nobody is named.",
        readers=("the lead",),
    ),
}  # fmt: skip


def council_pack() -> tuple[TableEntry, ...]:
    """Return every table, those about people first, each with an entry for every field.

    Raises
    ------
    LookupError
        A table or a field has none.
    """
    kinds = {kind.model: kind for kind in KINDS}
    records = list(apps.get_app_config("records").get_models())
    rest = [model for model in records if model not in kinds]
    return tuple(_table(model) for model in (*kinds, *_sorted(rest)))


def _sorted(rest: list[type[Model]]) -> list[type[Model]]:
    """Order by `_OTHERS`; what is missing there comes first, and fails at once."""
    order = ["", *_OTHERS]
    return sorted(
        rest, key=lambda one: order.index(one.__name__) if one.__name__ in order else 0
    )


def _table(model: type[Model]) -> TableEntry:
    kind = next((one for one in KINDS if one.model is model), None)
    told = kind or _OTHERS.get(model.__name__)
    if told is None:
        raise LookupError(
            f"{model.__name__} has no row in records.personal.KINDS or records.council"
        )
    readers = getattr(told, "readers", ()) or _readers(model)
    return TableEntry(
        model=model,
        what=told.what,
        purpose=told.purpose,
        could=told.could,
        fields=tuple(_entries(model, readers, told.until)),
    )


def _readers(model: type[Model]) -> tuple[str, ...]:
    rule = access.rule_of_model(model.__name__)
    return access.readers_of(rule.kind) or ("nobody",)


def _entries(model: type[Model], readers: tuple[str, ...], until: str) -> Iterator[FieldEntry]:
    for field in columns(model):
        purpose, could, *earlier = entry_of(model, field)
        yield FieldEntry(
            name=field.name,
            is_sealed=isinstance(field, SealedTextField),
            purpose=purpose,
            readers=readers,
            until=earlier[0] if earlier else until,
            could=could,
        )


def columns(model: type[Model]) -> list[Field[object, object]]:
    """Return the columns of a table that hold something: all but its running number."""
    fields = model._meta.concrete_fields  # noqa: SLF001 - Django's documented name for it
    return [field for field in fields if not isinstance(field, AutoField)]


def entry_of(model: type[Model], field: Field[object, object]) -> list[str]:
    """Return what a field is for, what could be evaluated, and until when where that differs.

    Raises
    ------
    LookupError
        `fields.toml` has no entry for it.
    """
    told = _told()
    for table in (model.__name__, EVERYWHERE):
        for name in (field.name, field.attname):
            if name in told.get(table, {}):
                return told[table][name]
    raise LookupError(
        f"{model.__name__}.{field.name} has no entry in records/fields.toml: say what it is "
        "for and what could be evaluated with it"
    )


@cache
def _told() -> dict[str, dict[str, list[str]]]:
    text = files(__package__).joinpath("fields.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
