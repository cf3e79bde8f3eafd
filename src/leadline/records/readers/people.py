"""Reading the people file into the roster."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from leadline.connectors.people import read_people
from leadline.records.actions.readings import Report
from leadline.records.actions.roster import RosterRow, store_roster
from leadline.records.models import Source
from leadline.records.readers.words import counted, notes_of


def read_people_file(path: Path, source: Source, *, at: datetime) -> Report:
    """Make the roster equal to the people file; a bad row becomes a note."""
    file = read_people(path)
    rows = [
        RosterRow(person=person, place=f"{source.name} line {line}")
        for person, line in zip(file.people, file.lines, strict=True)
    ]
    store_roster(rows, at=at)
    return Report(summary=counted(len(rows), "person", "people"), notes=notes_of(file.problems))
