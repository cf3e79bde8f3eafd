"""The pack for a works council, as a page: one entry for each field."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from leadline.records.council import TableEntry


def council_lines() -> Iterator[str]:
    """Yield the lines of the page."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.settings")
    django.setup()
    from leadline.records.council import council_pack  # noqa: PLC0415 - Django is set up now

    yield "Everything that Leadline keeps, by table and field: what it is for, who reads it,"
    yield "when it is deleted, what could be evaluated about somebody with it, and what keeps"
    yield "that from happening. It is written from the code that runs; a test fails where a"
    yield "field has no entry here, or where this page does not say what the code does."
    yield ""
    yield "There is no score, no ranking and no prediction about a person, and no measure of"
    yield "anybody's activity: [privacy](../explanation/privacy.md). Whoever does not want a"
    yield "part of it does not use its page; nothing is collected for it then."
    yield ""
    for table in council_pack():
        yield from _table(table)


def _table(table: TableEntry) -> Iterator[str]:
    yield f"## {table.what.capitalize()}"
    yield ""
    yield f"{table.purpose} What could be evaluated with all of it: {table.could}"
    yield ""
    yield "| field | what for | readers | deleted | could be evaluated |"
    yield "| --- | --- | --- | --- | --- |"
    for one in table.fields:
        name = f"{one.name} (sealed)" if one.is_sealed else one.name
        readers = "; ".join(one.readers)
        yield f"| {name} | {one.purpose} | {readers} | {one.until} | {one.could} |"
    yield ""
