"""The people file: five columns, and a few that may be there, → people on the roster."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from leadline.connectors.people import cells
from leadline.connectors.people.header import COLUMNS, HINT, Header, read_header
from leadline.connectors.people.rows import Row, decode, read_rows, separator_of, undecoded
from leadline.connectors.problems import Problem
from leadline.errors import ConnectorError, InputError
from leadline.practice.people import Person

MAX_BYTES = 10_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PeopleFile:
    """What a people file holds.

    Attributes
    ----------
    place : str
        The file's path.
    people : tuple of Person
        The good rows, in the file's order.
    lines : tuple of int
        The line on which each of them stands, from 1.
    problems : tuple of Problem
        Rows that were left out and columns that were not used, by line.
    """

    place: str
    people: tuple[Person, ...]
    lines: tuple[int, ...]
    problems: tuple[Problem, ...]


def read_people(source: str | Path) -> PeopleFile:
    """Read a people file; a bad row is named and left out, the good rows load.

    Parameters
    ----------
    source : str or Path
        A CSV file in UTF-8 (or UTF-16 with its mark), separated by `,`, `;` or tabs,
        with a header: name, emails, start_on, country, ends_on, and if wanted role,
        level, lead (an address), probation_ends_on. Dates are written 2026-03-04.

    Returns
    -------
    PeopleFile
        People and problems.

    Raises
    ------
    ConnectorError
        The file cannot be read.
    InputError
        The file is no text, is empty, or its header lacks `name` or `emails`.
    """
    path = Path(source).expanduser()
    separator, text = separator_of(decode(_bytes_of(path), place=str(path)))
    rows = list(read_rows(text, separator=separator))
    if not rows:
        raise InputError(f"{path} is empty", hint=HINT)
    header = read_header(rows[0], place=str(path))
    reader = _Reader(place=str(path), header=header, problems=list(header.problems))
    people = tuple(person for row in rows[1:] if (person := reader.read(row)) is not None)
    lines = tuple(reader.lines_by_email[person.key] for person in people)
    problems = tuple(reader.problems)
    return PeopleFile(place=str(path), people=people, lines=lines, problems=problems)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConnectorError(
            f"the people file {path} cannot be read: {error.strerror}",
            permanent=True,
            hint=HINT,
        ) from error
    if len(content) > MAX_BYTES:
        raise InputError(
            f"{path} is larger than {MAX_BYTES:,} bytes; a people file has one short row "
            "per person",
            hint=HINT,
        )
    return content


@dataclass(kw_only=True, slots=True)
class _Reader:
    """Reads the rows of one file, and keeps what was wrong with them."""

    place: str
    header: Header
    problems: list[Problem]
    lines_by_email: dict[str, int] = field(default_factory=dict)

    def read(self, row: Row) -> Person | None:
        """Return the person of a row, or None where any of its cells cannot be used."""
        if fault := row.fault or self._too_many_cells(row):
            self._note(row, "row", f"{fault}; left out")
            return None
        values = self._values(row)
        if values is None:
            return None
        person = Person(**values)
        if person.start_on and person.ends_on and person.ends_on < person.start_on:
            message = f"{person.ends_on} lies before start_on {person.start_on}; left out"
            self._note(row, "ends_on", message)
            return None
        return person if self._is_new(person, row) else None

    def _note(self, row: Row, part: str, message: str) -> None:
        self.problems.append(
            Problem(place=self.place, line=row.line, part=part, message=message)
        )

    def _too_many_cells(self, row: Row) -> str:
        if not any(cell.strip() for cell in row.cells[self.header.width :]):
            return ""
        return (
            f"has {len(row.cells)} cells where the header has {self.header.width}; "
            'put a cell that holds separators in quotes ("a@x.org,b@x.org"), '
            "or separate addresses by ;"
        )

    def _values(self, row: Row) -> dict[str, Any] | None:
        values: dict[str, Any] = {}
        is_good = True
        for at, column in self.header.columns.items():
            raw = row.cells[at] if at < len(row.cells) else ""
            fault = undecoded(raw)
            try:
                if not fault:
                    values[column] = COLUMNS[column](cells.clean(raw))
                    self._doubt_encoding(row, column, cells.clean(raw))
            except cells.CellError as error:
                fault = str(error)
            if fault:
                is_good = False
                self._note(row, column, f"{fault}; row left out")
        return values if is_good else None

    def _doubt_encoding(self, row: Row, column: str, cell: str) -> None:
        undone = cells.doubly_encoded(cell)
        if undone:
            message = f"{cell!r} looks like {undone!r} saved twice; loaded as it is"
            self._note(row, column, message)
        elif "\N{REPLACEMENT CHARACTER}" in cell:
            message = f"{cell!r} has lost letters in an earlier conversion; loaded as it is"
            self._note(row, column, message)

    def _is_new(self, person: Person, row: Row) -> bool:
        for address in person.emails:
            first = self.lines_by_email.get(address)
            if first is not None:
                message = f"{address!r} stands already on line {first}; row left out"
                self._note(row, "emails", message)
                return False
        self.lines_by_email.update(dict.fromkeys(person.emails, row.line))
        return True
