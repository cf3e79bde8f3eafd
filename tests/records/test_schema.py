"""No column can hold a measure of a person's activity. This test is a promise."""

from __future__ import annotations

import dataclasses
import typing
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import models

from leadline.practice.meetings import Meeting
from leadline.records.personal import KINDS

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
    "InterviewQuestion.position": "the place of a question in its kit",
    "InterviewAnswer.anchor": "a candidate's answer to one question; never averaged or ranked, "
    "and deleted by the retention clock",
    "PulseRound.threshold": "how many answers a round needs before it shows anything",
    "PulseCount.level": "one of the five levels of a statement",
    "PulseCount.count": "how many of the whole team chose it; nobody in particular did",
}
"""Every number in the schema, with why it measures nobody."""

FROZEN_AT_LAUNCH = {"PulseRound": ["threshold"]}
"""A number beside the address of the lead who launched a round; it measures nobody."""

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
        named = any(isinstance(field, models.EmailField) for field in fields)
        if model.__name__ == "Person" or "Person" in related or named:
            held = [f.name for f in fields if isinstance(f, NUMBERS) and not f.primary_key]
            assert held == FROZEN_AT_LAUNCH.get(model.__name__, []), model.__name__


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


def test_every_table_with_an_address_says_what_for_and_for_how_long() -> None:
    """So that nothing about people is missing from `mine`, a purge and the retention."""
    by_other_rules = {"Person"}
    with_address = {
        model.__name__
        for model in apps.get_app_config("records").get_models()
        if any(isinstance(field, models.EmailField) for field in model._meta.get_fields())
    }
    listed = {kind.model.__name__ for kind in KINDS}
    assert with_address - by_other_rules <= listed
    assert all(kind.purpose and kind.until and kind.could for kind in KINDS)


@pytest.mark.django_db
def test_every_column_of_the_table_of_kinds_exists() -> None:
    for kind in KINDS:
        list(kind.concerning(["nobody@harbour.example"])[:1])
        columns = {field.name for field in kind.model._meta.get_fields()}
        assert not kind.day or kind.day in columns
