"""Keeping that a project's owner went through its brief, and what they put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from django.db import transaction

from leadline.errors import InputError
from leadline.practice.projects import Project
from leadline.records.actions.metering import note_typing
from leadline.records.models import ProjectConfirmation
from leadline.records.queries.project_facts import ProjectFacts

Named = TypeVar("Named", Project, ProjectFacts)


@transaction.atomic
def confirm_project(project: Project, *, on: date, note: str = "") -> ProjectConfirmation:
    """Keep that the owner confirmed a project's brief, with what was put right."""
    note_typing("projects", note, on=on)
    return ProjectConfirmation.objects.create(project=project.name, on=on, note=note.strip())


def project_named(projects: Sequence[Named], name: str) -> Named:
    """Return the project of a name.

    Raises
    ------
    InputError
        There is none of that name; the message lists those there are.
    """
    for project in projects:
        if project.name.casefold() == name.strip().casefold():
            return project
    known = ", ".join(project.name for project in projects) or "none"
    raise InputError(f"no project is named {name!r}", hint=f"There are: {known}.")
