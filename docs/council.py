"""The pack for a works council, read off the tables and the rules on who reads them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import django


def council_lines() -> Iterator[str]:
    """Yield the lines of the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.settings")
    django.setup()
    from leadline.records import access  # noqa: PLC0415 - Django is set up now
    from leadline.records.models import Correction, Erasure, Person, RosterChange  # noqa: PLC0415
    from leadline.records.personal import KINDS  # noqa: PLC0415

    yield "Everything that Leadline can hold about people who work here or apply, by table:"
    yield "its fields, what it is for, who reads it, how long it is kept, and what could be"
    yield "evaluated with it. It is written from the code that runs; a test fails when a table"
    yield "with an address in it is missing here, or when this page does not say what the code"
    yield "does."
    yield ""
    yield "There is no score, no ranking and no prediction about a person, and no measure of"
    yield "anybody's activity: [privacy](../explanation/privacy.md). Whoever does not want a"
    yield "part of it does not use its page; nothing is collected for it then."
    yield ""
    for kind in KINDS:
        readers = access.readers_of(access.rule_of_model(kind.model.__name__).kind)
        yield from _table(kind.what, kind.model, kind.purpose, readers, kind.until, kind.could)
    roster = (
        ("person", Person, "Who is on the team, since when and until when.",
         "What the people file says. Nothing is added to it."),
        ("roster history", RosterChange, "What the people file changed, and when.",
         "When a role or level changed. Nothing compares people."),
        ("correction", Correction, "What somebody says is right about themselves.",
         "None: it is theirs."),
    )  # fmt: skip
    for what, model, purpose, could in roster:
        readers = access.readers_of(access.rule_of_model(model.__name__).kind)
        yield from _table(what, model, purpose, readers, "when the person is purged", could)
    yield from _table(
        "erasure", Erasure, "So that sources which still name somebody are read without them.",
        ("nobody; a hash says nothing by itself",), "never: sources may go on naming them",
        "That somebody was purged, by whoever knows the address already.",
    )  # fmt: skip


def _table(  # noqa: PLR0917 - the columns of one table, in their order
    what: str, model: type, purpose: str, readers: tuple[str, ...], until: str, could: str
) -> Iterator[str]:
    names = [
        f"{field.name} (sealed)" if type(field).__name__ == "SealedTextField" else field.name
        for field in model._meta.concrete_fields  # type: ignore[attr-defined]  # noqa: SLF001
        if not field.primary_key
    ]
    yield f"## {what.capitalize()}"
    yield ""
    yield "| | |"
    yield "| --- | --- |"
    yield f"| fields | {', '.join(names)} |"
    yield f"| purpose | {purpose} |"
    yield f"| readers | {'; '.join(readers)} |"
    yield f"| deleted | {until} |"
    yield f"| could be evaluated | {could} |"
    yield ""
