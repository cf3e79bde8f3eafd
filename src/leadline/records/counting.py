"""Counting the rows of many queries by one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet


def counts_of(queries: Iterable[QuerySet[Model]]) -> list[int]:
    """Return how many rows each of some queries has."""
    each = list(queries)
    return run(*counting(each)) if each else []


def counting(queries: Iterable[QuerySet[Model]]) -> tuple[str, list[Any]]:
    """Return the query that counts the rows of all of them, with its parameters."""
    counts: list[str] = []
    parameters: list[Any] = []
    for rows in queries:
        try:
            sql, given = rows.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # one that is known to have none
            sql, given = "SELECT 1 WHERE 1 = 0", ()
        counts.append(f"(SELECT COUNT(*) FROM ({sql}) AS counted)")  # noqa: S608
        parameters += given
    return f"SELECT {', '.join(counts)}", parameters


def run(sql: str, parameters: list[Any]) -> list[int]:
    """Return what a query of `counting` counted, in its order."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchone())
