"""The works-council pack: every field of every table says what for, who, how long, and what if.

The oracle is the schema itself, as Django knows it.
"""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import models

from leadline.records import council
from leadline.records.accounts import ACCOUNT_MODELS, Account
from leadline.records.council import columns, council_pack, entry_of
from leadline.records.personal import KINDS
from leadline.records.sealed import SealedTextField

RECORDS = [*apps.get_app_config("records").get_models(), *ACCOUNT_MODELS]


def test_every_field_of_every_table_has_an_entry() -> None:
    listed = {(one.model, entry.name) for one in council_pack() for entry in one.fields}
    schema = {(model, field.name) for model in RECORDS for field in columns(model)}
    assert listed == schema
    assert len(schema) > 200


def test_no_entry_is_empty_or_without_its_readers_and_its_end() -> None:
    for table in council_pack():
        assert table.what
        assert table.purpose
        assert table.could
        for one in table.fields:
            for text in (one.purpose, one.until, one.could, *one.readers):
                assert text.strip(), (table.what, one.name)
            assert one.readers, (table.what, one.name)
            sentences = (one.purpose, one.could)
            assert all(text.endswith((".", "…")) for text in sentences), (table.what, one.name)


def test_a_field_that_nobody_described_is_named() -> None:
    column = models.IntegerField(name="commits")
    column.set_attributes_from_name("commits")
    with pytest.raises(LookupError, match=r"Account\.commits has no entry"):
        entry_of(Account, column)


def test_no_entry_speaks_of_a_field_that_is_gone() -> None:
    by_name = {model.__name__: model for model in RECORDS}
    told = council._told()
    for table, fields in told.items():
        if table == council.EVERYWHERE:
            names = {name for model in RECORDS for name in _names(model)}
        else:
            names = _names(by_name[table])
        assert set(fields) <= names, table
    assert set(council._OTHERS) <= set(by_name)
    assert set(council._OTHERS).isdisjoint(kind.model.__name__ for kind in KINDS)


def _names(model: type[models.Model]) -> set[str]:
    return {name for field in columns(model) for name in (field.name, field.attname)}


def test_what_is_sealed_in_the_database_says_so() -> None:
    sealed = {
        (one.model, entry.name)
        for one in council_pack()
        for entry in one.fields
        if entry.is_sealed
    }
    assert sealed == {
        (model, field.name)
        for model in RECORDS
        for field in columns(model)
        if isinstance(field, SealedTextField)
    }
    assert len(sealed) == 7  # a note, five parts of feedback, what an interviewer heard


def test_no_two_models_share_a_name() -> None:
    """Entries and rules go by the name of a model."""
    names = [model.__name__ for model in RECORDS]
    assert len(set(names)) == len(names)
