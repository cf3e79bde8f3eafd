"""Rows as JSON and back, whatever the database; sealed texts stay sealed all the way."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.apps.registry import Apps
from django.core.management.color import no_style
from django.db import connection
from django.db.models import BinaryField, F, Field, Model, TextField
from django.db.models.functions import Cast

from leadline.records.backups.archive import Table
from leadline.records.sealed import SealedTextField

LEFT_OUT = frozenset({"sessions.Session"})
"""Nobody is signed in by a backup."""

BATCH = 500


def tables_of(apps: Apps) -> list[type[Model]]:
    """Return every model whose rows a backup holds."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed  # noqa: SLF001
        and not model._meta.proxy  # noqa: SLF001
        and model._meta.label not in LEFT_OUT  # noqa: SLF001
    ]


def columns_of(model: type[Model]) -> list[Field[Any, Any]]:
    """Return the fields that are columns of a model's table."""
    return list(model._meta.concrete_fields)  # noqa: SLF001


def lines_of(model: type[Model]) -> Iterator[bytes]:
    """Yield each row as one line of JSON, in the order of keys."""
    fields = columns_of(model)
    sealed = {
        f"raw_{one.attname}": Cast(F(one.attname), TextField())
        for one in fields
        if isinstance(one, SealedTextField)
    }
    names = [
        f"raw_{one.attname}" if isinstance(one, SealedTextField) else one.attname
        for one in fields
    ]
    rows = model._base_manager.annotate(**sealed).order_by("pk")  # noqa: SLF001
    for row in rows.values_list(*names).iterator(chunk_size=BATCH):
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, Decimal | UUID):
        return str(value)
    return value


def load(apps: Apps, tables: Iterable[tuple[Table, Iterable[bytes]]]) -> None:
    """Put rows into empty tables, as they were.

    Parameters
    ----------
    apps : Apps
        The models as they were when the backup was made.
    tables : iterable of (Table, lines)
        What the archive holds.
    """
    models = []
    for table, lines in tables:
        model = apps.get_model(table.model)
        _insert(model, table.columns, lines)
        models.append(model)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def empty(apps: Apps) -> None:
    """Delete what migrations themselves put into new tables."""
    with connection.cursor() as cursor:
        for model in tables_of(apps):
            cursor.execute(f"DELETE FROM {_quoted(model._meta.db_table)}")  # noqa: S608, SLF001


def _insert(model: type[Model], columns: tuple[str, ...], lines: Iterable[bytes]) -> None:
    by_name = {field.attname: field for field in columns_of(model)}
    fields = [by_name[name] for name in columns]
    names = ", ".join(_quoted(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608, SLF001
    rows = (
        [_stored(field, value) for field, value in zip(fields, json.loads(line), strict=True)]
        for line in lines
    )
    with connection.cursor() as cursor:
        while some := list(islice(rows, BATCH)):
            cursor.executemany(statement, some)


def _stored(field: Field[Any, Any], value: Any) -> Any:
    """Return a value as the database takes it."""
    if value is None or isinstance(field, SealedTextField):
        return value
    if isinstance(field, BinaryField):
        return field.get_db_prep_save(base64.b64decode(value), connection)
    return field.get_db_prep_save(field.to_python(value), connection)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
