"""The people file's first line → which cell of a row is which column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from leadline.connectors.people import cells
from leadline.connectors.people.rows import Row
from leadline.connectors.problems import Problem
from leadline.errors import InputError

COLUMNS: Mapping[str, Callable[[str], Any]] = {
    "name": cells.name,
    "emails": cells.emails,
    "start_on": cells.day,
    "country": cells.country,
    "ends_on": cells.day,
    "role": cells.text,
    "level": cells.text,
    "lead": cells.email,
    "probation_ends_on": cells.day,
}
"""Column → what reads its cells; the first five are the file, the others may be there."""

FIVE = tuple(COLUMNS)[:5]
NEEDED = FIVE[:2]
HINT = f"A people file is a CSV file whose first line is: {','.join(FIVE)}"

SYNONYMS = {
    "full_name": "name", "person": "name", "employee": "name", "employee_name": "name",
    "email": "emails", "e_mail": "emails", "e_mails": "emails", "mail": "emails",
    "email_address": "emails", "email_addresses": "emails", "addresses": "emails",
    "start": "start_on", "start_date": "start_on", "starts_on": "start_on",
    "started": "start_on", "started_on": "start_on", "joined": "start_on",
    "joined_on": "start_on", "hire_date": "start_on", "hired_on": "start_on",
    "country_code": "country",
    "end": "ends_on", "end_date": "ends_on", "end_on": "ends_on", "contract_end": "ends_on",
    "last_day": "ends_on", "leaves_on": "ends_on", "left_on": "ends_on",
    "job_title": "role", "position": "role", "seniority": "level", "grade": "level",
    "manager": "lead", "manager_email": "lead", "lead_email": "lead", "reports_to": "lead",
    "team_lead": "lead",
    "probation_end": "probation_ends_on", "probation_ends": "probation_ends_on",
    "probation_end_date": "probation_ends_on", "end_of_probation": "probation_ends_on",
}  # fmt: skip
"""Other names of columns, in lower case with `_` for blanks and hyphens."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Header:
    """Which cell is which column, how many cells a row has, and what was not used."""

    columns: Mapping[int, str]
    width: int
    problems: tuple[Problem, ...]


def read_header(row: Row, *, place: str) -> Header:
    """Recognise the columns, by their names or the obvious other ones.

    Raises
    ------
    InputError
        There is no name or no address to know anybody by.
    """
    columns: dict[int, str] = {}
    unused: list[tuple[str, str]] = []
    for at, cell in enumerate(row.cells):
        title = cells.clean(cells.printable(cell))
        column = column_of(title)
        if not column:
            if title:
                unused.append((title, f"is unknown; the columns are {', '.join(COLUMNS)}"))
        elif column in columns.values():
            unused.append((title, f"is a second column for {column}; left aside"))
        else:
            columns[at] = column
    missing = [column for column in NEEDED if column not in columns.values()]
    if missing:
        given = row.fault or ", ".join(cells.clean(cells.printable(cell)) for cell in row.cells)
        lacks = " and no ".join(missing)
        raise InputError(
            f"{place} line {row.line}: the header has no column {lacks}; given: {given[:200]}",
            hint=HINT,
        )
    unused += [
        (column, "is missing; what depends on it stays unknown")
        for column in FIVE
        if column not in columns.values()
    ]
    return Header(
        columns=columns,
        width=len(row.cells),
        problems=tuple(
            Problem(place=place, line=row.line, part=part, message=message)
            for part, message in unused
        ),
    )


def column_of(title: str) -> str:
    """Return the column that a title means, or ""."""
    word = re.sub(r"[\s_\-]+", "_", title.casefold().strip(" .:*"))
    return word if word in COLUMNS else SYNONYMS.get(word, "")
