"""Forgetting what databases keep beside their tables: the state before a change.

SQLite keeps it in its journal and PostgreSQL in its pages until there is need of the room.
What was deleted because it must not be known any more must not be readable there either.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model


def empty_the_journal(models: Iterable[type[Model]] = ()) -> None:
    """Once the transaction has ended well, leave no earlier state of tables on disk.

    Parameters
    ----------
    models : iterable of model, optional
        On PostgreSQL only their tables; by default all. SQLite has one journal for all.
    """
    chosen = tuple(models) or tuple(apps.get_models())
    transaction.on_commit(lambda: _empty(chosen))


def _empty(models: Iterable[type[Model]]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in sorted({model._meta.db_table for model in models}):  # noqa: SLF001
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(table)}")
