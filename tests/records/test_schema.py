"""No column can hold a measure of a person's activity. This test is a promise."""

from __future__ import annotations

import dataclasses
import typing
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import models

from leadline.practice.meetings import Meeting

NUMBERS = (
    models.IntegerField,
    models.FloatField,
    models.DecimalField,
    models.DurationField,
    models.BinaryField,
)

NOT_ABOUT_A_PERSON = {
    "BriefLine.position": "the place of a line on its page",
    "BriefLine.magnitude": "how far the lead's own duty or the work has slipped",
    "Response.magnitude": "the same, when the lead answered",
    "TypedInput.characters": "what Leadline costs; no name stands on the row",
}
"""Every number in the schema, with why it measures nobody."""

JSON_COLUMNS = {
    "Person.emails": "addresses",
    "Reading.notes": "what a source could not say",
    "Brief.true_findings": "ids of findings",
    "BriefLine.found": "the finding as it was shown, with its receipts",
}

PERSONAL_WORDS = (
    "commit",
    "score",
    "rank",
    "rating",
    "lines_of",
    "velocity",
    "productiv",
    "hours",
)


def columns() -> list[tuple[str, models.Field[object, object]]]:
    return [
        (f"{model.__name__}.{field.name}", field)
        for model in apps.get_app_config("records").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.Field)
    ]


def test_every_number_in_the_schema_is_known_and_measures_nobody() -> None:
    numbers = {
        name
        for name, field in columns()
        if isinstance(field, NUMBERS) and not field.primary_key
    }
    assert numbers == set(NOT_ABOUT_A_PERSON)


def test_every_open_column_is_known() -> None:
    open_columns = {name for name, field in columns() if isinstance(field, models.JSONField)}
    assert open_columns == set(JSON_COLUMNS)


def test_a_row_that_belongs_to_a_person_holds_no_number_at_all() -> None:
    for model in apps.get_app_config("records").get_models():
        fields = [
            field for field in model._meta.get_fields() if isinstance(field, models.Field)
        ]
        related = {field.related_model.__name__ for field in fields if field.is_relation}
        if model.__name__ == "Person" or "Person" in related:
            held = [f.name for f in fields if isinstance(f, NUMBERS) and not f.primary_key]
            assert held == []


def test_no_column_is_named_like_a_measure_of_people() -> None:
    for name, _ in columns():
        assert not any(word in name.lower() for word in PERSONAL_WORDS)


@pytest.mark.parametrize(("facts", "allowed"), [(Meeting, {"line"})])
def test_facts_kept_in_snapshots_hold_no_number_about_a_person(
    facts: type, allowed: set[str]
) -> None:
    hints = typing.get_type_hints(facts)
    numbers = {
        field.name
        for field in dataclasses.fields(facts)
        if hints[field.name] in (int, float, timedelta)
    }
    assert numbers <= allowed
